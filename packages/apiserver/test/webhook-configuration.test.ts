import { describe, expect, test } from 'vitest';
import { startControlPlane } from '../src/index.ts';
import { Client } from './support/client.ts';
import { CONFIGMAPS, configMap, widgetDefinition } from './support/fixtures.ts';
import { startPlane } from './support/plane.ts';
import {
  configuration,
  MUTATING,
  patch,
  VALIDATING,
  webhook,
  WebhookServer,
} from './support/webhook-server.ts';

const { plane, client } = await startPlane();

const CONFIG = { url: 'https://127.0.0.1:1/x' };
const hook = (more: Record<string, unknown> = {}) => webhook('a.example.com', CONFIG, more);
const rule = (more: Record<string, unknown>) => ({
  rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'], ...more }],
});

describe('configurations of webhooks', () => {
  test('get the defaults of Kubernetes', async () => {
    const service = { namespace: 'default', name: 's' };
    const { body } = await client.post(
      `${MUTATING}?dryRun=All`,
      configuration('Mutating', 'd', webhook('a.example.com', { service })),
    );
    expect(body.metadata.generation).toBe(1);
    expect(body.webhooks).toEqual([
      {
        name: 'a.example.com',
        clientConfig: { service: { ...service, port: 443 } },
        rules: [
          { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['configmaps'], scope: '*' },
        ],
        failurePolicy: 'Fail',
        matchPolicy: 'Equivalent',
        namespaceSelector: {},
        objectSelector: {},
        sideEffects: 'None',
        timeoutSeconds: 10,
        admissionReviewVersions: ['v1'],
        reinvocationPolicy: 'Never',
      },
    ]);
    const validating = await client.post(
      `${VALIDATING}?dryRun=All`,
      configuration('Validating', 'd', hook()),
    );
    expect((validating.body.webhooks as object[])[0]).not.toHaveProperty('reinvocationPolicy');
  });

  test.each<[string, object[], string]>([
    ['a short name', [webhook('short', CONFIG)], 'webhooks[0].name'],
    ['two of one name', [hook(), hook()], 'webhooks[1].name'],
    ['neither url nor service', [webhook('a.example.com', {})], 'webhooks[0].clientConfig'],
    ['a URL without TLS', [webhook('a.example.com', { url: 'http://h/' })], 'webhooks[0].clientConfig.url'],
    [
      'a URL with a query',
      [webhook('a.example.com', { url: 'https://h/?a=b' })],
      'webhooks[0].clientConfig.url',
    ],
    [
      'a URL with a user',
      [webhook('a.example.com', { url: 'https://u@h/' })],
      'webhooks[0].clientConfig.url',
    ],
    [
      'a path of a service that is none',
      [webhook('a.example.com', { service: { namespace: 'n', name: 's', path: 'x' } })],
      'webhooks[0].clientConfig.service.path',
    ],
    [
      'a port beyond',
      [webhook('a.example.com', { service: { namespace: 'n', name: 's', port: 70000 } })],
      'webhooks[0].clientConfig.service.port',
    ],
    ['side effects', [hook({ sideEffects: 'Some' })], 'webhooks[0].sideEffects'],
    ['no word about side effects', [hook({ sideEffects: null })], 'webhooks[0].sideEffects'],
    ['no review versions', [hook({ admissionReviewVersions: [] })], 'webhooks[0].admissionReviewVersions'],
    [
      'unknown review versions',
      [hook({ admissionReviewVersions: ['v7'] })],
      'webhooks[0].admissionReviewVersions',
    ],
    ['too much time', [hook({ timeoutSeconds: 31 })], 'webhooks[0].timeoutSeconds'],
    ['an unknown policy', [hook({ failurePolicy: 'Retry' })], 'webhooks[0].failurePolicy'],
    [
      'a selector that is none',
      [hook({ objectSelector: { matchExpressions: [{ key: 'a', operator: 'Is' }] } })],
      'webhooks[0].objectSelector.matchExpressions[0].operator',
    ],
    ['no operations', [hook(rule({ operations: [] }))], 'webhooks[0].rules[0].operations'],
    ['an unknown operation', [hook(rule({ operations: ['READ'] }))], 'webhooks[0].rules[0].operations[0]'],
    ['a star and more', [hook(rule({ apiGroups: ['*', 'a'] }))], 'webhooks[0].rules[0].apiGroups'],
    [
      'all subresources and one',
      [hook(rule({ resources: ['pods/*', 'pods/log'] }))],
      'webhooks[0].rules[0].resources[1]',
    ],
    ['an unknown scope', [hook(rule({ scope: 'Some' }))], 'webhooks[0].rules[0].scope'],
    [
      'a condition that is no expression',
      [hook({ matchConditions: [{ name: 'a', expression: 'object.' }] })],
      'webhooks[0].matchConditions[0].expression',
    ],
    [
      'a condition without an expression',
      [hook({ matchConditions: [{ name: 'a', expression: ' ' }] })],
      'webhooks[0].matchConditions[0].expression',
    ],
    [
      'a condition with a bad name',
      [hook({ matchConditions: [{ name: 'a b', expression: 'true' }] })],
      'webhooks[0].matchConditions[0].name',
    ],
    [
      'two conditions of one name',
      [hook({ matchConditions: ['true', 'false'].map((expression) => ({ name: 'a', expression })) })],
      'webhooks[0].matchConditions[1].name',
    ],
  ])('with %s are refused', async (_what, webhooks, field) => {
    const { status, body } = await client.post(VALIDATING, configuration('Validating', 'bad', ...webhooks));
    expect(status).toBe(422);
    expect(body.details.causes.map((cause) => cause.field)).toContain(field);
  });
});

describe('match conditions', () => {
  test.each(['Mutating', 'Validating'] as const)('decide whether a %s webhook is called', async (kind) => {
    await using server = await WebhookServer.start();
    server.on('/hook', () => ({ allowed: false, status: { message: 'asked' } }));
    const matchConditions = [
      {
        name: 'mine',
        expression: "object.metadata.name.startsWith('mine') && request.operation == 'CREATE'",
      },
      {
        name: 'fails',
        expression: "object.metadata.name != 'mine-fails' || object.metadata.labels.x == 'y'",
      },
    ];
    const path = kind === 'Mutating' ? MUTATING : VALIDATING;
    const hooked = webhook('a.example.com', server.config('/hook'), { matchConditions });
    expect((await client.post(path, configuration(kind, 'conditions', hooked))).status).toBe(201);
    try {
      const answers = [];
      for (const name of ['other', 'mine', 'mine-fails'])
        answers.push((await client.post(`${CONFIGMAPS}?dryRun=All`, configMap(name))).body);
      expect(answers).toMatchObject([
        { kind: 'ConfigMap' },
        { message: expect.stringContaining('asked') },
        { code: 403, message: expect.stringContaining('no such key: labels') },
      ]);
    } finally {
      await client.delete(`${path}/conditions`);
    }
  });
});

test('a match condition may ask what the user may do', async () => {
  await using server = await WebhookServer.start();
  server.on('/hook', () => ({ allowed: false, status: { message: 'asked' } }));
  const expression =
    "!authorizer.group('').resource('configmaps').namespace('default').check('bless').allowed()";
  const hooked = webhook('a.example.com', server.config('/hook'), {
    matchConditions: [{ name: 'unless-blessed', expression }],
  });
  expect((await client.post(VALIDATING, configuration('Validating', 'rights', hooked))).status).toBe(201);
  const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'blesser' };
  const rights = ['create', 'bless'].map((verb) => ({
    verbs: [verb],
    apiGroups: [''],
    resources: ['configmaps'],
  }));
  for (const [name, rules] of [
    ['writer', rights.slice(0, 1)],
    ['blesser', rights],
  ] as const) {
    await client.post(`${roles}/roles`, { metadata: { name }, rules });
    const subjects = [{ kind: 'User', name, apiGroup: 'rbac.authorization.k8s.io' }];
    await client.post(`${roles}/rolebindings`, {
      metadata: { name },
      subjects,
      roleRef: { ...roleRef, name },
    });
  }
  const create = async (user: string) =>
    client.post(`${CONFIGMAPS}?dryRun=All`, configMap('c'), { headers: { 'impersonate-user': user } });
  try {
    expect((await create('blesser')).status).toBe(201);
    expect((await create('writer')).body.message).toContain('asked');
  } finally {
    await client.delete(`${VALIDATING}/rights`);
  }
});

describe('services', () => {
  test('are found through their endpoints, and called under their name', async () => {
    await using server = await WebhookServer.start({ names: ['hook.default.svc'] });
    server.on('/validate', () => ({ allowed: false, status: { message: 'reached' } }));
    const { caBundle } = server.config('/validate');
    const service = { namespace: 'default', name: 'hook', path: '/validate' };
    await client.post(
      VALIDATING,
      configuration('Validating', 's', webhook('a.example.com', { service, caBundle })),
    );
    const message = async () => (await client.post(CONFIGMAPS, configMap('c'))).body.message;
    expect(await message()).toContain('failed to call webhook: service "hook" not found');
    const services = '/api/v1/namespaces/default/services';
    await client.post(services, {
      metadata: { name: 'hook' },
      spec: { ports: [{ port: 443, name: 'https' }] },
    });
    expect(await message()).toContain('no endpoints available for service "hook"');
    await client.post('/api/v1/namespaces/default/endpoints', {
      metadata: { name: 'hook' },
      subsets: [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ name: 'https', port: server.port }] }],
    });
    expect(await message()).toContain('denied the request: reached');
    await client.delete(VALIDATING);
  });

  test('are found as the embedder says', async () => {
    await using server = await WebhookServer.start({ names: ['hook.default.svc'] });
    server.on('/', () => ({ allowed: false, status: { message: 'reached' } }));
    await using own = await startControlPlane({
      resolveService: ({ namespace, name, port }) => {
        if (name !== 'hook') throw new Error(`no ${namespace}/${name}:${port} here`);
        return { host: '127.0.0.1', port: server.port };
      },
    });
    await using other = new Client(own);
    const { caBundle } = server.config('/');
    for (const name of ['hook', 'other'])
      await other.post(
        VALIDATING,
        configuration(
          'Validating',
          name,
          webhook(`${name}.example.com`, { service: { namespace: 'default', name }, caBundle }),
        ),
      );
    expect((await other.post(CONFIGMAPS, configMap('c'))).body.message).toContain('reached');
    await other.delete(`${VALIDATING}/hook`);
    expect((await other.post(CONFIGMAPS, configMap('c'))).body.message).toContain(
      'no default/other:443 here',
    );
  });
});

describe('the option webhooks', () => {
  test('installs configurations for a server beside the control plane', async () => {
    const service = { namespace: 'system', name: 'webhook-service', path: '/mutate' };
    const definition = widgetDefinition();
    await using own = await startControlPlane({
      crds: [definition],
      webhooks: { configurations: [configuration('Mutating', 'm', webhook('m.example.com', { service }))] },
    });
    const local = own.webhooks!;
    expect(local.url).toBe(`https://127.0.0.1:${local.port}`);
    await using server = await WebhookServer.start({ certificates: local, port: local.port });
    server.on('/mutate', () => patch({ op: 'add', path: '/data/by', value: 'webhook' }));
    await using other = new Client(own);
    expect((await other.post(CONFIGMAPS, configMap('c', { a: 'b' }))).body.data).toEqual({
      a: 'b',
      by: 'webhook',
    });
  });

  test('takes no other objects', async () => {
    await expect(startControlPlane({ webhooks: { configurations: [configMap('c')] } })).rejects.toThrow(
      'webhooks.configurations takes MutatingWebhookConfigurations and ValidatingWebhookConfigurations, not ConfigMap',
    );
  });

  test('is not given without it', () => expect(plane.webhooks).toBeUndefined());
});
