import fc from 'fast-check';
import type { RequestStep, Sequence } from '../sequence.ts';
import { post } from '../sequences/requests.ts';
import { actingAs, reviews } from './people.ts';
import {
  account,
  bindingBody,
  group,
  own,
  rbacPaths,
  roleBody,
  settled,
  user,
  type Rule,
  type Subject,
} from './roles.ts';

const verbs = ['get', 'list', 'create', 'delete', 'deletecollection', '*'];
const resources = ['configmaps', 'secrets', 'pods', 'pods/status', '*/status', 'namespaces', 'leases', '*'];
const apiGroups = ['', 'coordination.k8s.io', '*'];
const names = ['one', 'two'];
const paths = ['/own', '/own/*', '/own/a', '/o*', '/other', '*'];
const users = ['ann', 'ben', 'cleo'].map(own);
const groups = ['readers', 'writers'].map(own);
const accounts = ['robot', 'drone'];

const some = <T>(values: readonly T[]) =>
  fc.subarray([...values], { minLength: 1, maxLength: Math.min(3, values.length) });

const resourceRule: fc.Arbitrary<Rule> = fc.record(
  {
    verbs: some(verbs),
    apiGroups: some(apiGroups),
    resources: some(resources),
    resourceNames: some(names),
  },
  { requiredKeys: ['verbs', 'apiGroups', 'resources'] },
);
const pathRule: fc.Arbitrary<Rule> = fc.record({
  verbs: some(['get', 'post', '*']),
  nonResourceURLs: some(paths),
});
const roleRules = fc.array(resourceRule, { maxLength: 3 });
const clusterRoleRules = fc.array(
  fc.oneof({ weight: 4, arbitrary: resourceRule }, { weight: 1, arbitrary: pathRule }),
  { maxLength: 3 },
);

const subject: fc.Arbitrary<Subject> = fc.oneof(
  fc.constantFrom(...users).map((name) => user(name)),
  fc.constantFrom(...groups).map((name) => group(name)),
  fc.constantFrom(...accounts).map((name) => account(name)),
);

const roleCount = 6;

/** How many questions are asked about the rights of one sequence: each is reviewed, and then tried. */
export const questionsOfWorld = 40;

/** Roles of both kinds, and bindings, some of them to roles that do not exist. */
const rights: fc.Arbitrary<RequestStep[]> = fc
  .record({
    clusterRoles: fc.array(clusterRoleRules, { minLength: roleCount, maxLength: roleCount }),
    roles: fc.array(roleRules, { minLength: roleCount, maxLength: roleCount }),
    bindings: fc.array(
      fc.record({
        where: fc.constantFrom('cluster', 'role', 'clusterRole'),
        subjects: fc.array(subject, { minLength: 1, maxLength: 2 }),
        index: fc.nat({ max: roleCount }),
      }),
      { minLength: 8, maxLength: 12 },
    ),
  })
  .map(({ clusterRoles, roles, bindings }) => [
    ...clusterRoles.map((rules, index) => post(rbacPaths.clusterRoles, roleBody(own(`r${index}`), rules))),
    ...roles.map((rules, index) => post(rbacPaths.roles, roleBody(`r${index}`, rules))),
    ...bindings.map(({ where, subjects, index }, number) => {
      const roleName = where === 'role' ? `r${index}` : own(`r${index}`);
      return where === 'cluster'
        ? post(rbacPaths.clusterBindings, bindingBody(own(`b${number}`), roleName, subjects))
        : post(rbacPaths.bindings, bindingBody(`b${number}`, roleName, subjects));
    }),
  ]);

interface What {
  readonly attributes: object;
  readonly request: RequestStep;
}

const resourceQuestion: fc.Arbitrary<What> = fc
  .record({
    everywhere: fc.boolean(),
    resource: fc.constantFrom('configmaps', 'secrets', 'pods', 'leases'),
    wanted: fc.constantFrom('get', 'list', 'create', 'delete', 'deletecollection'),
    name: fc.constantFrom(...names, 'three'),
    status: fc.boolean(),
  })
  .map(({ everywhere, resource, wanted, name, status }) => {
    // What else a Pod needs is not asked here.
    const verb = resource === 'pods' && wanted === 'create' ? 'get' : wanted;
    const apiGroup = resource === 'leases' ? 'coordination.k8s.io' : '';
    const root = apiGroup === '' ? '/api/v1' : `/apis/${apiGroup}/v1`;
    const place = verb === 'list' && everywhere ? undefined : '{{ns}}';
    const collection =
      place === undefined ? `${root}/${resource}` : `${root}/namespaces/${place}/${resource}`;
    const named = verb === 'get' || verb === 'delete';
    const subresource = resource === 'pods' && verb === 'get' && status ? 'status' : undefined;
    const path = [collection, ...(named ? [name] : []), ...(subresource === undefined ? [] : [subresource])];
    const method = verb === 'create' ? 'POST' : verb === 'get' || verb === 'list' ? 'GET' : 'DELETE';
    // Of what others do at the same time nothing is to be seen, and nothing is changed.
    const query = method === 'GET' ? '?labelSelector=absent%3Dyes' : '?dryRun=All';
    return {
      attributes: {
        resourceAttributes: {
          verb,
          group: apiGroup,
          version: 'v1',
          resource,
          ...(place !== undefined && { namespace: place }),
          ...(named && { name }),
          ...(subresource !== undefined && { subresource }),
        },
      },
      request: {
        method,
        path: `${path.join('/')}${verb === 'get' ? '' : query}`,
        ...(verb === 'create' && {
          body: {
            metadata: { name: 'tried' },
            ...(resource === 'leases' && { spec: { holderIdentity: 'somebody' } }),
          },
        }),
      },
    };
  });

const pathQuestion: fc.Arbitrary<What> = fc
  .constantFrom('/own', '/own/a', '/own/a/b', '/other', '/otter', '/api', '/')
  .map((path) => ({
    attributes: { nonResourceAttributes: { verb: 'get', path } },
    request: { method: 'GET', path: path === '/' ? '/own/' : path },
  }));

const asker = fc.oneof(
  fc.record({
    user: fc.constantFrom(...users, own('stranger')),
    groups: fc.subarray(groups).map((all) => [...all, 'system:authenticated']),
  }),
  fc.constantFrom(...accounts).map((name) => ({
    user: `system:serviceaccount:{{ns}}:${name}`,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:{{ns}}', 'system:authenticated'],
  })),
  fc.constant({ user: 'system:anonymous', groups: ['system:unauthenticated'] }),
);

/** Somebody wants something: a review asks whether he may, and then he tries. */
const question: fc.Arbitrary<RequestStep[]> = fc
  .tuple(asker, fc.oneof({ weight: 5, arbitrary: resourceQuestion }, { weight: 1, arbitrary: pathQuestion }))
  .map(([who, { attributes, request }]) => [
    post(reviews.access.path, reviews.access.of({ ...who, ...attributes })),
    { ...request, ...actingAs(who.user, ...who.groups) },
  ]);

const sequence: fc.Arbitrary<Sequence['steps']> = fc
  .tuple(rights, fc.array(question, { minLength: questionsOfWorld, maxLength: questionsOfWorld }))
  .map(([roles, questions]) => [...settled(...roles), ...questions.flat()]);

/** Rights that fit together by chance, and questions about them. @param count of sequences, each with its own rights */
export function generatedAccess(seed: number, count: number): Sequence[] {
  return fc
    .sample(sequence, { seed, numRuns: count })
    .map((steps, index) => ({ name: `generated rights: ${index} of seed ${seed}`, steps }));
}
