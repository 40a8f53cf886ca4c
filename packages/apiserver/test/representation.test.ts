import { describe, expect, test } from 'vitest';
import { CONFIGMAPS, configMap, widgetDefinition, WIDGETS } from './support/fixtures.ts';
import { startPlane } from './support/plane.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const RANGES = '/api/v1/namespaces/default/limitranges';
const ENDPOINTS = '/api/v1/namespaces/default/endpoints';
const ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts';

const { client } = await startPlane();

const as = (shape: string) => ({ accept: `application/json;as=${shape};g=meta.k8s.io;v=v1` });

describe('the metadata of an object, asked for by the name of that of a list', () => {
  test('is refused if there is the object, and not found if there is none', async () => {
    await client.post(CONFIGMAPS, configMap('there'));
    const there = await client.get(`${CONFIGMAPS}/there`, as('PartialObjectMetadataList'));
    expect(there.body).toMatchObject({ code: 406, reason: 'NotAcceptable' });
    const absent = await client.get(`${CONFIGMAPS}/absent`, as('PartialObjectMetadataList'));
    expect(absent.body).toMatchObject({ code: 404, reason: 'NotFound' });
  });

  test('and the other way round is refused too', async () => {
    const { body } = await client.get(CONFIGMAPS, as('PartialObjectMetadata'));
    expect(body).toMatchObject({ code: 406, reason: 'NotAcceptable' });
  });

  test('is sent when it is asked for by its own name', async () => {
    await client.post(CONFIGMAPS, configMap('shown', { a: 'b' }));
    const { body } = await client.get(`${CONFIGMAPS}/shown`, as('PartialObjectMetadata'));
    expect(body).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'shown' } });
    expect(body).not.toHaveProperty('data');
  });
});

describe('a table', () => {
  const created = expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown;
  const age = expect.stringMatching(/^\d+[smhd]/) as unknown;

  test.each<[string, string, object, Record<string, unknown>]>([
    [
      'of a RoleBinding names who has the rights',
      `${RBAC}/rolebindings`,
      {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
        subjects: [
          { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'u' },
          { kind: 'ServiceAccount', name: 's', namespace: 'n' },
          { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'v' },
          { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'g' },
        ],
      },
      { Name: 'shown', Role: 'Role/r', Age: age, Users: 'u, v', Groups: 'g', ServiceAccounts: 'n/s' },
    ],
    [
      'of a LimitRange says when it was created',
      RANGES,
      { spec: { limits: [{ type: 'Pod', max: { cpu: '1' } }] } },
      { Name: 'shown', 'Created At': created },
    ],
    [
      'of an EndpointSlice without ports and addresses says so',
      SLICES,
      { addressType: 'IPv4', endpoints: [], ports: [] },
      { Name: 'shown', AddressType: 'IPv4', Ports: '<unset>', Endpoints: '<unset>', Age: age },
    ],
    [
      'of an EndpointSlice shows the name of a port without a number',
      SLICES.replace('default', 'kube-system'),
      {
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.0.0.1'] }],
        ports: [{ name: 'all' }, { port: 80 }],
      },
      { Name: 'shown', AddressType: 'IPv4', Ports: 'all,80', Endpoints: '10.0.0.1', Age: age },
    ],
  ])('%s', async (_what, path, members, cells) => {
    expect((await client.post(path, { metadata: { name: 'shown' }, ...members })).status).toBe(201);
    const { body } = await client.get(`${path}/shown`, as('Table'));
    const { columnDefinitions, rows } = body;
    const shown = columnDefinitions.map(({ name }, index) => [name, rows[0]?.cells[index]] as const);
    expect(Object.fromEntries(shown)).toEqual(cells);
  });
});

describe('that a version is out of use', () => {
  const warning = 'v1 Endpoints is deprecated';

  test('is told to who is refused', async () => {
    const refused = { metadata: { name: 'a' }, subsets: [{ ports: [{ port: 1 }] }] };
    const { status, headers } = await client.post(ENDPOINTS, refused);
    expect(status).toBe(422);
    expect(headers.warning).toContain(warning);
  });

  test.each([
    ['PUT', ENDPOINTS, 405],
    ['POST', `${ENDPOINTS}/a`, 405],
    ['GET', `${ENDPOINTS}/a/absent`, 404],
    ['GET', `${ENDPOINTS}/a/status`, 404],
  ])('is not told to who asks for what a built-in kind cannot do: %s %s', async (method, path, expected) => {
    const { status, headers } = await client.call(method, path, method === 'GET' ? {} : { body: {} });
    expect(status).toBe(expected);
    expect(headers.warning).toBeUndefined();
  });

  test.each([
    ['POST', '/a', 405],
    ['GET', '/a/absent', 404],
    ['GET', '/a', 404],
  ])('is told of all that a custom resource is asked for: %s %s', async (method, path, expected) => {
    const definition = widgetDefinition();
    definition.spec.versions[0]!.deprecated = true;
    await client.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
    const reply = await client.call(method, `${WIDGETS}${path}`, method === 'GET' ? {} : { body: {} });
    expect(reply.status).toBe(expected);
    expect(reply.headers.warning).toContain('example.com/v1 Widget is deprecated');
  });
});

test('empty lists of a ServiceAccount are left out, and the secrets for images are replaced as a whole', async () => {
  const { body } = await client.post(ACCOUNTS, {
    metadata: { name: 'a' },
    secrets: [],
    imagePullSecrets: [{ name: 'x' }],
  });
  expect(body).not.toHaveProperty('secrets');
  const { body: patched } = await client.strategic(`${ACCOUNTS}/a`, { imagePullSecrets: [{ name: 'y' }] });
  expect(patched.imagePullSecrets).toEqual([{ name: 'y' }]);
  const { body: emptied } = await client.merge(`${ACCOUNTS}/a`, { imagePullSecrets: [] });
  expect(emptied).not.toHaveProperty('imagePullSecrets');
});
