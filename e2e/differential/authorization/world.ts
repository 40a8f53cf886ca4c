import fc from 'fast-check';

export const rbacGroup = 'rbac.authorization.k8s.io';

/** A role or a binding, and the path that it is created at. */
export interface RbacObject {
  readonly path: string;
  readonly object: object;
}

/** Somebody wants something: as a SubjectAccessReview asks, and as a request that tries it without changing anything. */
export interface Question {
  readonly user: string;
  readonly groups: readonly string[];
  readonly attributes: object;
  readonly request: { readonly method: string; readonly path: string; readonly body?: object };
}

/** Roles and bindings, and questions that are answered with yes once all of them are known. */
export interface World {
  readonly objects: readonly RbacObject[];
  readonly sentinels: readonly Question[];
  readonly id: string;
}

const namespaces = ['default', 'kube-public'];
const verbs = ['get', 'list', 'create', 'delete', 'deletecollection', '*'];
const resources = ['configmaps', 'secrets', 'pods', 'pods/status', '*/status', 'namespaces', 'leases', '*'];
const groups = ['', 'coordination.k8s.io', '*'];
const names = ['one', 'two', 'default'];
const paths = ['/version', '/metrics', '/logs', '/logs/*', '/api*', '*'];
const users = ['ann', 'ben', 'cleo'];
const userGroups = ['readers', 'writers'];
const accounts = ['robot', 'drone'];

const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1, maxLength: 3 });

const resourceRule = fc.record({
  verbs: some(verbs),
  apiGroups: some(groups),
  resources: some(resources),
  resourceNames: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, some(names)),
});
const pathRule = fc.record({ verbs: some(['get', 'post', '*']), nonResourceURLs: some(paths) });

function role(kind: 'Role' | 'ClusterRole') {
  const rules = kind === 'Role' ? resourceRule : fc.oneof({ weight: 4, arbitrary: resourceRule }, pathRule);
  return fc.array(rules, { maxLength: 3 });
}

const subject = fc.oneof(
  fc.constantFrom(...users).map((name) => ({ kind: 'User', apiGroup: rbacGroup, name })),
  fc.constantFrom(...userGroups).map((name) => ({ kind: 'Group', apiGroup: rbacGroup, name })),
  fc
    .tuple(fc.constantFrom(...accounts), fc.constantFrom(...namespaces))
    .map(([name, namespace]) => ({ kind: 'ServiceAccount', name, namespace })),
);

/** Of each kind of role and binding several, with some bindings to roles that do not exist. */
export function rights(): fc.Arbitrary<World> {
  return fc
    .record({
      id: fc.stringMatching(/^[a-z]{8}$/),
      clusterRoles: fc.array(role('ClusterRole'), { minLength: 8, maxLength: 12 }),
      roles: fc.array(fc.tuple(fc.constantFrom(...namespaces), role('Role')), {
        minLength: 8,
        maxLength: 12,
      }),
      bindings: fc.array(
        fc.record({
          namespace: fc.option(fc.constantFrom(...namespaces), { freq: 3 }),
          subjects: fc.array(subject, { minLength: 1, maxLength: 2 }),
          kind: fc.constantFrom('Role' as const, 'ClusterRole' as const),
          index: fc.nat({ max: 13 }),
        }),
        { minLength: 16, maxLength: 22 },
      ),
    })
    .map(({ id, clusterRoles, roles, bindings }) => {
      const root = `/apis/${rbacGroup}/v1`;
      const name = (index: number) => `${id}-${index}`;
      const objects: RbacObject[] = [
        ...clusterRoles.map((rules, index) => ({
          path: `${root}/clusterroles`,
          object: { metadata: { name: name(index) }, rules },
        })),
        ...roles.map(([namespace, rules], index) => ({
          path: `${root}/namespaces/${namespace}/roles`,
          object: { metadata: { name: name(index) }, rules },
        })),
        ...bindings.map(({ namespace, subjects, kind, index }, number) => ({
          path:
            namespace === null
              ? `${root}/clusterrolebindings`
              : `${root}/namespaces/${namespace}/rolebindings`,
          object: {
            metadata: { name: name(number) },
            subjects,
            roleRef: {
              apiGroup: rbacGroup,
              kind: namespace === null ? 'ClusterRole' : kind,
              name: name(index),
            },
          },
        })),
      ];
      return { id, objects: [...objects, ...sentinelObjects(id)], sentinels: sentinels(id) };
    });
}

/** The last of each kind: once they are known, so is all that was written before. */
function sentinelObjects(id: string): RbacObject[] {
  const root = `/apis/${rbacGroup}/v1`;
  const metadata = { name: `${id}-last` };
  const subjects = [{ kind: 'User', apiGroup: rbacGroup, name: `${id}-last` }];
  const rules = [{ verbs: ['use'], apiGroups: ['example.com'], resources: ['sentinels'] }];
  const object = (roleKind: string) => ({
    metadata,
    subjects,
    roleRef: { apiGroup: rbacGroup, kind: roleKind, name: metadata.name },
  });
  return [
    { path: `${root}/clusterroles`, object: { metadata, rules } },
    { path: `${root}/clusterrolebindings`, object: object('ClusterRole') },
    ...namespaces.flatMap((namespace) => [
      {
        path: `${root}/namespaces/${namespace}/roles`,
        object: { metadata, rules: [{ ...rules[0], verbs: ['wield'] }] },
      },
      { path: `${root}/namespaces/${namespace}/rolebindings`, object: object('Role') },
    ]),
  ];
}

function sentinels(id: string): Question[] {
  const question = (verb: string, namespace: string): Question => ({
    user: `${id}-last`,
    groups: [],
    attributes: {
      resourceAttributes: { verb, namespace, group: 'example.com', resource: 'sentinels' },
    },
    request: { method: 'GET', path: '/version' },
  });
  return [question('use', ''), ...namespaces.map((namespace) => question('wield', namespace))];
}

const plain = ['configmaps', 'secrets', 'pods'];

const resourceQuestion = fc
  .record({
    namespace: fc.constantFrom(...namespaces),
    everywhere: fc.boolean(),
    resource: fc.constantFrom(...plain, 'leases'),
    verb: fc.constantFrom('get', 'list', 'create', 'delete', 'deletecollection'),
    name: fc.constantFrom(...names),
    status: fc.boolean(),
  })
  .map(({ namespace, everywhere, resource, verb, name, status }) => {
    const group = resource === 'leases' ? 'coordination.k8s.io' : '';
    const root = group === '' ? '/api/v1' : `/apis/${group}/v1`;
    const place = verb === 'list' && everywhere ? '' : namespace;
    const collection = place === '' ? `${root}/${resource}` : `${root}/namespaces/${place}/${resource}`;
    const named = verb === 'get' || verb === 'delete';
    const subresource = resource === 'pods' && verb === 'get' && status ? 'status' : '';
    const method = { get: 'GET', list: 'GET', create: 'POST' }[verb] ?? 'DELETE';
    const path = `${collection}${named ? `/${name}` : ''}${subresource === '' ? '' : `/${subresource}`}`;
    return {
      attributes: {
        resourceAttributes: {
          verb,
          group,
          version: 'v1',
          resource,
          ...(place !== '' && { namespace: place }),
          ...(named && { name }),
          ...(subresource !== '' && { subresource }),
        },
      },
      request: {
        method,
        path: method === 'GET' ? path : `${path}?dryRun=All`,
        ...(verb === 'create' && { body: { metadata: { name: 'tried' } } }),
      },
    };
  });

const pathQuestion = fc
  .constantFrom('/version', '/metrics', '/logs/kern.log', '/logs', '/api', '/apis', '/healthz', '/')
  .map((path) => ({
    attributes: { nonResourceAttributes: { verb: 'get', path } },
    request: { method: 'GET', path },
  }));

const asker = fc.oneof(
  fc.record({
    user: fc.constantFrom(...users, 'stranger'),
    groups: fc.subarray(userGroups).map((own) => [...own, 'system:authenticated']),
  }),
  fc.tuple(fc.constantFrom(...accounts), fc.constantFrom(...namespaces)).map(([name, namespace]) => ({
    user: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  })),
  fc.constant({ user: 'system:anonymous', groups: ['system:unauthenticated'] }),
);

/** Questions about the users, groups and resources that the rights are about. */
export function questions(): fc.Arbitrary<Question> {
  return fc
    .tuple(asker, fc.oneof({ weight: 5, arbitrary: resourceQuestion }, pathQuestion))
    .map(([who, what]) => ({ ...who, ...what }));
}
