import { describe, expect, test } from 'vitest';
import { startControlPlane } from '../src/index.ts';
import { Client, eventually } from './support/client.ts';
import { CONFIGMAPS, configMap, PODS, pod, WIDGETS, widgetDefinition } from './support/fixtures.ts';
import { startPlane } from './support/plane.ts';
import { RBAC, rule, Users, type Rule } from './support/users.ts';

const { plane, client } = await startPlane({ crds: [widgetDefinition()] });
const users = new Users(plane, client);

describe('server-side apply', () => {
  test('needs the right to create for what is not there', async () => {
    const apply = (name: string, token: string) =>
      client.call('PATCH', `${CONFIGMAPS}/${name}?fieldManager=one`, {
        body: configMap(name, { a: '1' }),
        type: 'application/apply-patch+yaml',
        token,
      });
    const { token: changes } = await users.with([rule('patch', 'configmaps')]);
    expect((await apply('applied', changes)).status).toBe(403);
    const { token: both } = await users.with([rule('patch', 'configmaps'), rule('create', 'configmaps')]);
    expect((await apply('applied', both)).status).toBe(201);
    expect((await apply('applied', changes)).status).toBe(200);
    expect((await apply('absent', changes)).body.message).toContain('cannot create resource "configmaps"');
  });
});

describe('requests', () => {
  test.each([
    ['get', [rule('get', 'configmaps')], (token: string) => client.get(`${CONFIGMAPS}/one`, { token })],
    ['all verbs', [rule('*', 'configmaps')], (token: string) => client.get(CONFIGMAPS, { token })],
    ['all resources', [rule('list', '*')], (token: string) => client.get(CONFIGMAPS, { token })],
    [
      'one name',
      [rule('get', 'configmaps', { resourceNames: ['one'] })],
      (token: string) => client.get(`${CONFIGMAPS}/one`, { token }),
    ],
    [
      'a list that can show one object only',
      [rule('list', 'configmaps', { resourceNames: ['one'] })],
      (token: string) => client.get(`${CONFIGMAPS}?fieldSelector=metadata.name%3Done`, { token }),
    ],
    [
      'a subresource of all resources',
      [rule('get', '*/status')],
      (token: string) => client.get(`${PODS}/one/status`, { token }),
    ],
    [
      'one namespace, by a right within it',
      [rule('get', 'namespaces')],
      (token: string) => client.get('/api/v1/namespaces/default', { token }),
    ],
    [
      'another group',
      [rule('list', 'widgets', { apiGroups: ['example.com'] })],
      (token: string) => client.get(WIDGETS, { token }),
    ],
  ])('a right to %s is enough', async (_name, rules, ask) => {
    await client.post(CONFIGMAPS, configMap('one'));
    await client.post(PODS, pod('one'));
    const { token } = await users.with(rules);
    expect((await ask(token)).status).toBe(200);
  });

  test.each([
    [
      'get',
      (token: string) => client.get(`${CONFIGMAPS}/one`, { token }),
      'configmaps "one" is forbidden: User "NAME" cannot get resource "configmaps" in API group "" in the namespace "default"',
    ],
    [
      'list in all namespaces',
      (token: string) => client.get('/api/v1/configmaps', { token }),
      'configmaps is forbidden: User "NAME" cannot list resource "configmaps" in API group "" at the cluster scope',
    ],
    [
      'a subresource',
      (token: string) => client.get(`${PODS}/one/log`, { token }),
      'pods "one" is forbidden: User "NAME" cannot get resource "pods/log" in API group "" in the namespace "default"',
    ],
    [
      'watch of another group',
      (token: string) => client.get(`${WIDGETS}?watch=true`, { token }),
      'widgets.example.com is forbidden: User "NAME" cannot watch resource "widgets" in API group "example.com" in the namespace "default"',
    ],
    [
      'a path',
      (token: string) => client.get('/metrics', { token }),
      'forbidden: User "NAME" cannot get path "/metrics"',
    ],
    [
      'what does not exist',
      (token: string) => client.get('/apis/nowhere.example/v1/things', { token }),
      'things.nowhere.example is forbidden: User "NAME" cannot list resource "things" in API group "nowhere.example" at the cluster scope',
    ],
  ])('without a right, %s is refused as Kubernetes does', async (_name, ask, message) => {
    const { name, token } = await users.with([
      rule('get', 'configmaps pods', { resourceNames: ['other'] }),
      rule('list', 'configmaps'),
    ]);
    expect((await ask(token)).body).toMatchObject({
      kind: 'Status',
      status: 'Failure',
      reason: 'Forbidden',
      code: 403,
      message: message.replace('NAME', name),
    });
  });

  test('what was given can be taken away, and a binding to a role that is gone is told', async () => {
    const { name, token } = await users.with([rule('list', 'configmaps')]);
    expect((await client.get(CONFIGMAPS, { token })).status).toBe(200);
    await client.delete(`${RBAC}/namespaces/default/roles/${name}`);
    expect((await client.get(CONFIGMAPS, { token })).body.message).toMatch(
      new RegExp(`in the namespace "default": RBAC: role.rbac.authorization.k8s.io "${name}" not found$`),
    );
  });

  test('rights in one namespace are none in another; service accounts and groups can have some', async () => {
    const { token } = await users.with([rule('list', 'configmaps')], { namespace: 'kube-public' });
    expect((await client.get(CONFIGMAPS, { token })).status).toBe(403);
    await client.post(`${RBAC}/namespaces/default/rolebindings`, {
      metadata: { name: 'several' },
      subjects: [
        { kind: 'ServiceAccount', name: 'robot' },
        { kind: 'Group', name: 'readers' },
      ],
      roleRef: { kind: 'ClusterRole', name: 'view' },
    });
    const robot = plane.issueToken({ name: 'system:serviceaccount:default:robot' });
    const reader = plane.issueToken({ name: 'reader', groups: ['readers'] });
    const stranger = plane.issueToken({ name: 'robot' });
    const statuses = [robot, reader, stranger].map(
      async (own) => (await client.get(CONFIGMAPS, { token: own })).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 200, 403]);
    expect((await client.get('/api/v1/namespaces/default/secrets', { token: reader })).status).toBe(403);
  });

  test.each([
    ['', '/healthz', 200],
    ['', '/readyz', 200],
    ['', '/livez', 200],
    ['', '/version', 200],
    ['', '/livez/ping', 403],
    ['', '/api', 403],
    ['', '/', 403],
    ['', '/openapi/v2', 403],
    ['plain', '/api', 200],
    ['plain', '/apis/nowhere.example', 404],
    ['plain', '/openapi/v3', 200],
    ['plain', '/metrics', 403],
    ['wrong', '/healthz', 401],
  ])('with token "%s" GET %s is answered with %i', async (who, path, status) => {
    const token = who === 'plain' ? plane.issueToken({ name: 'plain' }) : who;
    expect((await client.get(path, { token })).status).toBe(status);
  });

  test('a mixture of upper case and percent signs in the path changes nothing', async () => {
    const { token } = await users.with([rule('get', 'configmaps')]);
    for (const path of [
      '/api/v1/namespaces/default/%73ecrets',
      '/api/v1/namespaces/default/configmaps/../secrets/x',
      '/api/v1/namespaces/default/configmaps/..%2Fsecrets%2Fx',
      '/api/v1//namespaces/default//secrets',
    ]) {
      const { status } = await client.get(path, { token });
      expect([400, 403, 404], path).toContain(status);
    }
  });
});

describe('escalation', () => {
  const escalator = () =>
    users.with([
      rule('create update patch get', 'roles rolebindings', { apiGroups: ['rbac.authorization.k8s.io'] }),
      rule('get list', 'configmaps'),
    ]);
  const roles = `${RBAC}/namespaces/default/roles`;
  const bindings = `${RBAC}/namespaces/default/rolebindings`;

  test('nobody gives what he does not have, neither by a role nor by binding one', async () => {
    const { name, token } = await escalator();
    const own = { metadata: { name: `${name}-a` }, rules: [rule('get', 'configmaps')] };
    expect((await client.post(roles, own, { token })).status).toBe(201);
    const more = { metadata: { name: `${name}-b` }, rules: [rule('get delete watch', 'configmaps secrets')] };
    expect((await client.post(roles, more, { token })).body).toMatchObject({
      code: 403,
      message:
        `roles.rbac.authorization.k8s.io "${name}-b" is forbidden: user "${name}" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n` +
        '{APIGroups:[""], Resources:["configmaps"], Verbs:["delete" "watch"]}\n' +
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "delete" "watch"]}',
      details: { group: 'rbac.authorization.k8s.io', kind: 'roles', name: `${name}-b` },
    });
    const changed = await client.merge(`${roles}/${name}-a`, { rules: more.rules }, { token });
    expect(changed.status).toBe(403);
    const binding = {
      metadata: { name: `${name}-c` },
      subjects: [{ kind: 'User', name }],
      roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
    };
    expect((await client.post(bindings, binding, { token })).body.message).toContain(
      '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}',
    );
    const absent = { ...binding, roleRef: { kind: 'Role', name: 'absent' } };
    expect((await client.post(bindings, absent, { token })).body).toMatchObject({
      code: 404,
      message: 'rolebindings.rbac.authorization.k8s.io "absent" not found',
    });
  });

  test.each([
    [
      'escalate',
      'roles',
      { metadata: { name: 'by-escalate' }, rules: [rule('*', '*')] },
      rule('escalate', 'roles', { apiGroups: ['rbac.authorization.k8s.io'] }),
    ],
    [
      'bind',
      'rolebindings',
      {
        metadata: { name: 'by-bind' },
        subjects: [{ kind: 'User', name: 'x' }],
        roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
      },
      rule('bind', 'clusterroles', {
        apiGroups: ['rbac.authorization.k8s.io'],
        resourceNames: ['cluster-admin'],
      }),
    ],
  ])('whoever holds the verb %s may', async (_verb, resource, object, own) => {
    const create = rule('create', 'roles rolebindings', { apiGroups: ['rbac.authorization.k8s.io'] });
    const { token } = await users.with([create, own]);
    const { token: poor } = await users.with([create]);
    const path = `${RBAC}/namespaces/default/${resource}`;
    expect((await client.post(path, object, { token: poor })).status).toBe(403);
    expect((await client.post(path, object, { token })).status).toBe(201);
  });

  test('an aggregation rule needs all rights, a change of labels alone none', async () => {
    const { name, token } = await users.with(
      [rule('create update patch', 'clusterroles', { apiGroups: ['rbac.authorization.k8s.io'] })],
      { cluster: true },
    );
    const gathering = {
      metadata: { name: `${name}-all` },
      rules: [],
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
    };
    expect((await client.post(`${RBAC}/clusterroles`, gathering, { token })).body.message).toContain(
      'must have cluster-admin privileges to use the aggregationRule',
    );
    const labelled = { metadata: { finalizers: ['example.com/kept'] } };
    expect((await client.merge(`${RBAC}/clusterroles/cluster-admin`, labelled, { token })).status).toBe(200);
    await client.merge(`${RBAC}/clusterroles/cluster-admin`, { metadata: { finalizers: null } });
  });
});

describe('roles and bindings', () => {
  test.each([
    ['no verbs', 'roles', { rules: [{ verbs: [], apiGroups: [''], resources: ['pods'] }] }, 'rules[0].verbs'],
    ['no group', 'roles', { rules: [{ verbs: ['get'], resources: ['pods'] }] }, 'rules[0].apiGroups'],
    ['no resource', 'roles', { rules: [{ verbs: ['get'], apiGroups: [''] }] }, 'rules[0].resources'],
    [
      'a path in a namespace',
      'roles',
      { rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] },
      'rules[0].nonResourceURLs',
    ],
    ['no such kind', 'rolebindings', { roleRef: { kind: 'Rule', name: 'x' } }, 'roleRef.kind'],
    ['no name', 'rolebindings', { roleRef: { kind: 'Role', name: '' } }, 'roleRef.name'],
    [
      'a subject of no kind',
      'rolebindings',
      { roleRef: { kind: 'Role', name: 'x' }, subjects: [{ kind: 'Robot', name: 'x' }] },
      'subjects[0].kind',
    ],
  ])('%s is refused', async (_name, resource, content, field) => {
    const { body } = await client.post(`${RBAC}/namespaces/default/${resource}`, {
      metadata: { name: 'bad' },
      ...content,
    });
    expect(body).toMatchObject({ code: 422, details: { causes: [{ field }] } });
  });

  test('the role of a binding cannot be changed', async () => {
    const path = `${RBAC}/namespaces/default/rolebindings`;
    await client.post(path, { metadata: { name: 'fixed' }, roleRef: { kind: 'ClusterRole', name: 'view' } });
    const { body } = await client.merge(`${path}/fixed`, { roleRef: { name: 'edit' } });
    expect(body).toMatchObject({ code: 422, details: { causes: [{ field: 'roleRef' }] } });
    expect(body.message).toContain('cannot change roleRef');
  });

  test('labelled roles are gathered, and let go again', async () => {
    const own = rule('frobnicate', 'widgets', { apiGroups: ['example.com'] });
    await client.post(`${RBAC}/clusterroles`, {
      metadata: { name: 'widget-viewer', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
      rules: [own],
    });
    const gathered = async (role: string) =>
      ((await client.get(`${RBAC}/clusterroles/${role}`)).body.rules as Rule[]).some(
        ({ verbs }) => verbs[0] === 'frobnicate',
      );
    for (const role of ['view', 'edit', 'admin'])
      await eventually(`${role} has the rule`, () => gathered(role));
    await client.delete(`${RBAC}/clusterroles/widget-viewer`);
    for (const role of ['view', 'edit', 'admin'])
      await eventually(`${role} has the rule no more`, async () => !(await gathered(role)));
  });
});

test('with always-allow everybody known may do everything, and nobody else anything but look whether it lives', async () => {
  await using open = await startControlPlane({ authorization: 'always-allow' });
  await using asked = new Client(open);
  const token = open.issueToken({ name: 'somebody' });
  expect((await asked.post(CONFIGMAPS, configMap('a'), { token })).status).toBe(201);
  expect((await asked.get(CONFIGMAPS, { token: '' })).status).toBe(401);
  expect((await asked.get('/healthz', { token: '' })).status).toBe(200);
});
