import { describe, expect, test } from 'vitest';
import { CONFIGMAPS } from './support/fixtures.ts';
import { startPlane } from './support/plane.ts';
import { RBAC } from './support/users.ts';

const WHO = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

const { plane, client } = await startPlane();

describe('impersonation', () => {
  const as = (headers: Record<string, string | string[]>, token = plane.token) =>
    client.post(WHO, {}, { token, headers });

  test.each([
    ['a user', { 'impersonate-user': 'x' }, { username: 'x', groups: ['system:authenticated'] }],
    [
      'a user with groups',
      { 'impersonate-user': 'x', 'impersonate-group': ['a', 'b,c'] },
      { username: 'x', groups: ['a', 'b,c', 'system:authenticated'] },
    ],
    [
      'nobody',
      { 'impersonate-user': 'system:anonymous', 'impersonate-group': ['system:unauthenticated'] },
      { username: 'system:anonymous', groups: ['system:unauthenticated'] },
    ],
    [
      'a service account',
      { 'impersonate-user': 'system:serviceaccount:a:b' },
      {
        username: 'system:serviceaccount:a:b',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated'],
      },
    ],
    [
      'a user with a uid and extra values',
      {
        'impersonate-user': 'x',
        'impersonate-uid': 'u',
        'impersonate-extra-example.com%2Fscopes': ['view', 'edit'],
      },
      {
        username: 'x',
        uid: 'u',
        groups: ['system:authenticated'],
        extra: { 'example.com/scopes': ['view', 'edit'] },
      },
    ],
  ])('the administrator may be %s', async (_name, headers, userInfo) => {
    await client.post(`${RBAC}/clusterrolebindings`, {
      metadata: { name: 'nobody-asks-who-he-is' },
      subjects: [{ kind: 'Group', name: 'system:unauthenticated' }],
      roleRef: { kind: 'ClusterRole', name: 'system:basic-user' },
    });
    expect((await as(headers)).body.status).toEqual({ userInfo });
  });

  test('whoever is impersonated has his own rights only', async () => {
    const headers = { 'impersonate-user': 'powerless' };
    expect((await client.get(CONFIGMAPS, { headers })).body.message).toContain(
      'User "powerless" cannot list',
    );
  });

  test('groups without a user are a bad request', async () => {
    expect((await as({ 'impersonate-group': 'x' })).status).toBe(400);
  });

  test('needs the right to each part', async () => {
    await client.post(`${RBAC}/clusterroles`, {
      metadata: { name: 'impersonator' },
      rules: [
        { verbs: ['impersonate'], apiGroups: [''], resources: ['users'], resourceNames: ['jane'] },
        { verbs: ['impersonate'], apiGroups: [''], resources: ['groups'], resourceNames: ['staff'] },
        {
          verbs: ['impersonate'],
          apiGroups: ['authentication.k8s.io'],
          resources: ['userextras/example.com/scopes'],
          resourceNames: ['view'],
        },
      ],
    });
    await client.post(`${RBAC}/clusterrolebindings`, {
      metadata: { name: 'impersonator' },
      subjects: [{ kind: 'User', name: 'actor' }],
      roleRef: { kind: 'ClusterRole', name: 'impersonator' },
    });
    const token = plane.issueToken({ name: 'actor' });
    const status = async (headers: Record<string, string | string[]>) => (await as(headers, token)).status;
    expect(await status({ 'impersonate-user': 'jane', 'impersonate-group': 'staff' })).toBe(201);
    expect(
      await status({ 'impersonate-user': 'jane', 'impersonate-extra-example.com%2Fscopes': 'view' }),
    ).toBe(201);
    expect(
      await status({ 'impersonate-user': 'jane', 'impersonate-extra-example.com%2Fscopes': 'edit' }),
    ).toBe(403);
    expect(
      await status({ 'impersonate-user': 'jane', 'impersonate-group': ['staff', 'system:masters'] }),
    ).toBe(403);
    expect(await status({ 'impersonate-user': 'jane', 'impersonate-uid': 'u' })).toBe(403);
    expect((await as({ 'impersonate-user': 'joe' }, token)).body.message).toBe(
      'selfsubjectreviews.authentication.k8s.io is forbidden: User "actor" cannot impersonate-on:user-info:create resource "selfsubjectreviews" in API group "authentication.k8s.io" at the cluster scope',
    );
  });

  test('can be limited to what is done', async () => {
    await client.post(`${RBAC}/clusterroles`, {
      metadata: { name: 'narrow' },
      rules: [
        { verbs: ['impersonate:user-info'], apiGroups: ['authentication.k8s.io'], resources: ['users'] },
        {
          verbs: ['impersonate-on:user-info:create'],
          apiGroups: ['authentication.k8s.io'],
          resources: ['selfsubjectreviews'],
        },
      ],
    });
    await client.post(`${RBAC}/clusterrolebindings`, {
      metadata: { name: 'narrow' },
      subjects: [{ kind: 'User', name: 'narrow' }],
      roleRef: { kind: 'ClusterRole', name: 'narrow' },
    });
    const token = plane.issueToken({ name: 'narrow' });
    const headers = { 'impersonate-user': 'jane' };
    expect((await as(headers, token)).status).toBe(201);
    expect((await client.get('/api', { token, headers })).status).toBe(403);
    expect((await as({ 'impersonate-user': 'system:serviceaccount:a:b' }, token)).status).toBe(403);
  });
});
