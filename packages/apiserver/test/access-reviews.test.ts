import { describe, expect, test } from 'vitest';
import { rule, Users } from './support/users.ts';
import { startPlane } from './support/plane.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1';

const { plane, client } = await startPlane();
const users = new Users(plane, client);

const requirement = (key: string, operator: string) => ({ requirements: [{ key, operator }] });

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

  test.each<[string, object, object]>([
    ['a selector that is none', { labelSelector: {} }, { code: 422 }],
    [
      'a selector in two forms',
      { fieldSelector: { rawSelector: 'a=b', requirements: [{ key: 'a', operator: 'In', values: ['b'] }] } },
      { code: 422 },
    ],
    ['a requirement without values', { labelSelector: requirement('a', 'In') }, { code: 422 }],
    ['a label that is none', { labelSelector: requirement('a b', 'Exists') }, { code: 422 }],
    ['a selector', { labelSelector: { rawSelector: 'a in (b)' } }, { status: { allowed: true } }],
    [
      'a selector that nobody can read',
      { labelSelector: { rawSelector: 'a in b' } },
      {
        status: {
          evaluationError: 'spec.resourceAttributes.labelSelector ignored due to parse error',
        },
      },
    ],
    [
      'a requirement of tomorrow',
      {
        fieldSelector: {
          requirements: [
            { key: 'a', operator: 'In', values: ['b'] },
            { key: 'a', operator: 'Like', values: ['b'] },
          ],
        },
      },
      {
        status: {
          evaluationError: 'spec.resourceAttributes.fieldSelector partially ignored due to parse error',
        },
      },
    ],
  ])('a review with %s is answered', async (_, more, answer) => {
    const spec = { resourceAttributes: { ...attributes, ...more } };
    expect((await client.post(`${REVIEWS}/selfsubjectaccessreviews`, { spec })).body).toMatchObject(answer);
  });

  test('only what a review has is read, and answered', async () => {
    const path = `${REVIEWS}/subjectaccessreviews`;
    const ask = async (spec: object, query = '') =>
      client.post(`${path}${query}`, { metadata: { namespace: 'other' }, spec });
    const spec = { user: 'x', groups: [], extra: {}, resourceAttributes: { ...attributes, name: '' } };
    const { body, headers } = await ask({ ...spec, colour: 'red' });
    expect(body).toMatchObject({ metadata: {}, spec: { user: 'x', resourceAttributes: attributes } });
    expect(Object.keys(body.spec)).toEqual(['resourceAttributes', 'user']);
    expect(headers.warning).toBe('299 - "unknown field \\"spec.colour\\""');
    expect((await ask({ ...spec, colour: 'red' }, '?fieldValidation=Strict')).status).toBe(400);
    expect((await ask({ ...spec, resourceAttributes: 'pods' })).status).toBe(400);
    expect((await client.post(`${path}/a`, { spec })).status).toBe(404);
    expect((await client.get(path)).status).toBe(405);
  });

  test.each<[string, object]>([
    [
      `${REVIEWS}/selfsubjectrulesreviews`,
      {
        spec: { namespace: 'default' },
        status: { resourceRules: null, nonResourceRules: null, incomplete: false },
      },
    ],
    [
      `${REVIEWS}/selfsubjectrulesreviews`,
      {
        spec: { namespace: 'default' },
        status: {
          resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['a'] }],
          nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/version'] }],
          incomplete: true,
          evaluationError: 'none',
        },
      },
    ],
    [
      `${REVIEWS}/selfsubjectaccessreviews`,
      { spec: { resourceAttributes: attributes }, status: { allowed: false } },
    ],
    [
      `${REVIEWS}/subjectaccessreviews`,
      { spec: { user: 'x', resourceAttributes: attributes }, status: { allowed: false } },
    ],
    ['/apis/authentication.k8s.io/v1/selfsubjectreviews', { status: { userInfo: {} } }],
    ['/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'x' }, status: { user: {} } }],
  ])('%s takes a question whose status a client sends along: %o', async (path, question) => {
    const body = { metadata: { creationTimestamp: null }, ...question };
    const { status, headers } = await client.post(`${path}?fieldValidation=Strict`, body);
    expect({ status, warning: headers.warning }).toEqual({ status: 201, warning: undefined });
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
