import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startControlPlane, type ControlPlane } from '../src/index.ts';
import { Client } from './support/client.ts';
import { rule, Users } from './support/users.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1';

let plane: ControlPlane;
let client: Client;
let users: Users;

beforeAll(async () => {
  plane = await startControlPlane();
  client = new Client(plane);
  users = new Users(plane, client);
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await plane.stop();
});

describe('reviews', () => {
  const attributes = { namespace: 'default', verb: 'list', resource: 'configmaps' };

  test('SubjectAccessReview answers for anybody, with the reason', async () => {
    const { name } = await users.with([rule('list', 'configmaps')]);
    const review = async (spec: object) =>
      (await client.post(`${REVIEWS}/subjectaccessreviews`, { spec })).body.status;
    expect(await review({ user: name, resourceAttributes: attributes })).toEqual({
      allowed: true,
      reason: `RBAC: allowed by RoleBinding "${name}/default" of Role "${name}" to User "${name}"`,
    });
    expect(
      await review({ user: name, resourceAttributes: { ...attributes, subresource: 'status' } }),
    ).toEqual({ allowed: false });
    expect(await review({ user: 'x', groups: ['system:masters'], resourceAttributes: attributes })).toEqual({
      allowed: true,
    });
    expect(
      await review({
        groups: ['system:unauthenticated'],
        nonResourceAttributes: { path: '/version', verb: 'get' },
      }),
    ).toMatchObject({ allowed: true });
  });

  test('the asking user may ask about himself only', async () => {
    const { name, token } = await users.with([rule('list', 'configmaps')]);
    const self = await client.post(
      `${REVIEWS}/selfsubjectaccessreviews`,
      { spec: { resourceAttributes: attributes } },
      { token },
    );
    expect(self.body.status).toMatchObject({ allowed: true });
    const other = { spec: { user: 'x', resourceAttributes: attributes } };
    expect((await client.post(`${REVIEWS}/subjectaccessreviews`, other, { token })).status).toBe(403);
    const local = `${REVIEWS}/namespaces/default/localsubjectaccessreviews`;
    expect((await client.post(local, { spec: { ...other.spec, user: name } })).body.status).toMatchObject({
      allowed: true,
    });
    expect((await client.post(local, other, { token })).status).toBe(403);
    const rules = await client.post(
      `${REVIEWS}/selfsubjectrulesreviews`,
      { spec: { namespace: 'default' } },
      { token },
    );
    expect(rules.body.status).toMatchObject({
      incomplete: false,
      resourceRules: expect.arrayContaining([
        { verbs: ['list'], apiGroups: [''], resources: ['configmaps'] },
      ]) as unknown[],
    });
    const me = await client.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, { token });
    expect(me.body.status).toEqual({ userInfo: { username: name, groups: ['system:authenticated'] } });
  });

  test.each([
    ['subjectaccessreviews', { user: 'x' }, 422],
    ['subjectaccessreviews', { resourceAttributes: attributes }, 422],
    [
      'subjectaccessreviews',
      { user: 'x', resourceAttributes: attributes, nonResourceAttributes: { path: '/', verb: 'get' } },
      422,
    ],
    ['namespaces/kube-system/localsubjectaccessreviews', { user: 'x', resourceAttributes: attributes }, 422],
    ['localsubjectaccessreviews', { user: 'x', resourceAttributes: attributes }, 404],
    ['selfsubjectrulesreviews', {}, 400],
  ])('%s with %o is answered with %i', async (resource, spec, status) => {
    expect((await client.post(`${REVIEWS}/${resource}`, { spec })).status).toBe(status);
  });

  test('TokenReview tells whose token it is', async () => {
    const reviews = '/apis/authentication.k8s.io/v1/tokenreviews';
    const token = plane.issueToken({ name: 'jane', groups: ['staff'], extra: { a: ['b'] } });
    const review = async (spec: object) => (await client.post(reviews, { spec })).body.status;
    expect(await review({ token })).toEqual({
      authenticated: true,
      audiences: ['https://kubernetes.default.svc.cluster.local'],
      user: { username: 'jane', groups: ['staff', 'system:authenticated'], extra: { a: ['b'] } },
    });
    expect((await review({ token: 'x' })).authenticated).toBeUndefined();
    expect((await review({ token, audiences: ['elsewhere'] })).authenticated).toBeUndefined();
    expect((await client.post(reviews, { spec: {} })).status).toBe(400);
  });
});
