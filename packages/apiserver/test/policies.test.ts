import { afterEach, describe, expect, test } from 'vitest';
import { CONFIGMAPS, configMap } from './support/fixtures.ts';
import { startPlane } from './support/plane.ts';

const GROUP = '/apis/admissionregistration.k8s.io/v1';
const POLICIES = `${GROUP}/validatingadmissionpolicies`;
const BINDINGS = `${GROUP}/validatingadmissionpolicybindings`;
const apiVersion = 'admissionregistration.k8s.io/v1';

const { client } = await startPlane();

afterEach(async () => {
  for (const path of [BINDINGS, POLICIES, CONFIGMAPS]) expect((await client.delete(path)).status).toBe(200);
});

const configMaps = {
  resourceRules: [
    {
      apiGroups: [''],
      apiVersions: ['v1'],
      operations: ['CREATE', 'UPDATE', 'DELETE'],
      resources: ['configmaps'],
    },
  ],
};

function policy(spec: Record<string, unknown>) {
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: { matchConstraints: configMaps, ...spec },
  };
}

function binding(spec: Record<string, unknown> = {}) {
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'b' },
    spec: { policyName: 'p', validationActions: ['Deny'], ...spec },
  };
}

/** Puts a policy in force. */
async function install(spec: Record<string, unknown>, bound: Record<string, unknown> = {}) {
  const created = await client.post(POLICIES, policy(spec));
  expect(created.body.status ?? created.status, JSON.stringify(created.body)).not.toBe('Failure');
  expect((await client.post(BINDINGS, binding(bound))).status).toBe(201);
}

const denied = "ValidatingAdmissionPolicy 'p' with binding 'b' denied request:";

describe('a policy in force', () => {
  test('denies what its condition does not hold of, with message, reason and cause', async () => {
    await install({
      validations: [{ expression: "object.data.a == 'x'", message: 'a must be x', reason: 'Forbidden' }],
    });
    expect((await client.post(CONFIGMAPS, configMap('good', { a: 'x' }))).status).toBe(201);
    const { body } = await client.post(CONFIGMAPS, configMap('bad', { a: 'y' }));
    const message = `${denied} a must be x`;
    expect(body).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: `configmaps "bad" is forbidden: ${message}`,
      details: { name: 'bad', kind: 'configmaps', causes: [{ message }] },
    });
  });

  test.each([
    ['the expression itself', {}, "failed expression: object.data.a == 'x'"],
    ['its own message', { message: ' no ' }, 'no'],
    ['a computed message', { messageExpression: "'it is ' + object.data.a", message: 'no' }, 'it is y'],
    ['its own message if computing fails', { messageExpression: "'' + object.data.zz", message: 'no' }, 'no'],
    ['its own message if the computed one is empty', { messageExpression: "' '", message: 'no' }, 'no'],
  ])('tells %s', async (_, words, message) => {
    await install({ validations: [{ expression: "object.data.a == 'x'", ...words }] });
    const { body } = await client.post(CONFIGMAPS, configMap('bad', { a: 'y' }));
    expect(body).toMatchObject({ code: 422, reason: 'Invalid' });
    expect(body.message).toBe(`configmaps "bad" is forbidden: ${denied} ${message}`);
  });

  test.each([
    ['Fail', 422],
    ['Ignore', 201],
  ])('whose condition fails does what failurePolicy %s says', async (failurePolicy, status) => {
    await install({ failurePolicy, validations: [{ expression: "object.data.zz == 'x'" }] });
    const answer = await client.post(CONFIGMAPS, configMap('bad', { a: 'y' }));
    expect(answer.status).toBe(status);
    if (status === 422)
      expect(answer.body.message).toContain(
        `expression 'object.data.zz == 'x'' resulted in error: no such key: zz`,
      );
  });

  test('is not asked where a match condition does not hold, and variables are evaluated when used', async () => {
    await install({
      matchConditions: [
        { name: 'not-mine', expression: "!object.metadata.name.startsWith('mine')" },
        { name: 'not-by-nobody', expression: "request.userInfo.username != 'nobody'" },
      ],
      variables: [
        { name: 'size', expression: 'size(object.data)' },
        { name: 'twice', expression: 'variables.size * 2' },
        { name: 'broken', expression: 'object.data.nothing' },
      ],
      validations: [
        { expression: 'variables.twice < 4' },
        { expression: "variables.size < 2 || variables.broken == ''" },
      ],
    });
    expect((await client.post(CONFIGMAPS, configMap('mine', { a: '', b: '' }))).status).toBe(201);
    expect((await client.post(CONFIGMAPS, configMap('small', { a: '' }))).status).toBe(201);
    const { body } = await client.post(CONFIGMAPS, configMap('large', { a: '', b: '' }));
    expect(body.message).toContain('failed expression: variables.twice < 4');
  });

  test('sees the old object, the request, the namespace and the authorizer', async () => {
    await install({
      validations: [
        {
          expression: "request.operation != 'UPDATE' || object.data == oldObject.data",
          messageExpression:
            "'%s %s in %s'.format([request.operation, request.resource.resource, namespaceObject.metadata.name])",
        },
        {
          expression: "authorizer.group('').resource('pods').namespace('default').check('create').allowed()",
        },
        { expression: 'authorizer.requestResource.check("update").allowed()' },
      ],
    });
    expect((await client.post(CONFIGMAPS, configMap('kept', { a: '1' }))).status).toBe(201);
    const { body } = await client.merge(`${CONFIGMAPS}/kept`, { data: { a: '2' } });
    expect(body.message).toContain('UPDATE configmaps in default');
    expect((await client.merge(`${CONFIGMAPS}/kept`, { metadata: { labels: { a: 'b' } } })).status).toBe(200);
  });

  test('may ask twice who may do what, as on any cluster', async () => {
    const asks = (times: number) =>
      Array.from({ length: times }, () => "authorizer.path('/x').check('get').allowed()").join(' && ');
    await install({ validations: [{ expression: asks(2) }] });
    expect((await client.post(CONFIGMAPS, configMap('two'))).status).toBe(201);
    await client.merge(`${POLICIES}/p`, { spec: { validations: [{ expression: asks(3) }] } });
    const { status, body } = await client.post(CONFIGMAPS, configMap('three'));
    expect(status).toBe(422);
    expect(body.message).toContain('operation cancelled: actual cost limit exceeded');
  });

  test('denies deletions, of which there is no new object', async () => {
    await install({
      validations: [
        { expression: "request.operation != 'DELETE' || !('keep' in oldObject.data)", message: 'kept' },
      ],
    });
    await client.post(CONFIGMAPS, configMap('kept', { keep: '' }));
    expect((await client.delete(`${CONFIGMAPS}/kept`)).body.message).toContain('kept');
    await client.delete(`${BINDINGS}/b`);
    expect((await client.delete(`${CONFIGMAPS}/kept`)).status).toBe(200);
  });

  test.each([
    [['Warn'], 201, true],
    [['Audit'], 201, false],
    [['Deny', 'Audit'], 422, false],
  ])('does what the actions %j of its binding say', async (validationActions, status, warns) => {
    await install({ validations: [{ expression: 'false', message: 'never' }] }, { validationActions });
    const answer = await client.post(CONFIGMAPS, configMap('any'));
    expect(answer.status).toBe(status);
    expect(
      (answer.headers.warning ?? '').includes(`Validation failed for ValidatingAdmissionPolicy 'p'`),
    ).toBe(warns);
  });

  test('is evaluated with each of its parameters', async () => {
    await client.post(CONFIGMAPS, configMap('limits', { most: '2' }, { labels: { limits: 'yes' } }));
    await install(
      {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        validations: [{ expression: 'size(object.data) <= int(params.data.most)', message: 'too much' }],
      },
      { paramRef: { selector: { matchLabels: { limits: 'yes' } }, parameterNotFoundAction: 'Deny' } },
    );
    expect((await client.post(CONFIGMAPS, configMap('two', { a: '', b: '' }))).status).toBe(201);
    const three = configMap('three', { a: '', b: '', c: '' });
    expect((await client.post(CONFIGMAPS, three)).body.message).toContain('too much');
    await client.delete(`${BINDINGS}/b`);
    await client.delete(`${CONFIGMAPS}/limits`);
    const again = binding({ paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' } });
    expect((await client.post(BINDINGS, again)).status).toBe(201);
    expect((await client.post(CONFIGMAPS, three)).body.message).toContain(
      'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
    );
  });

  test('can be limited by its binding', async () => {
    await install(
      { validations: [{ expression: 'false', message: 'never' }] },
      { matchResources: { objectSelector: { matchLabels: { checked: 'yes' } } } },
    );
    expect((await client.post(CONFIGMAPS, configMap('free'))).status).toBe(201);
    expect(
      (await client.post(CONFIGMAPS, configMap('checked', {}, { labels: { checked: 'yes' } }))).status,
    ).toBe(422);
  });
});

test.each([
  [
    'an unknown name',
    { expression: 'nothing == 1' },
    'validations[0].expression',
    "undeclared reference to 'nothing'",
  ],
  [
    'a value that is no bool',
    { expression: '1' },
    'validations[0].expression',
    'must evaluate to bool but got int',
  ],
  [
    'a message that asks who may do what',
    { expression: 'true', messageExpression: "authorizer.path('/').check('get').reason()" },
    'validations[0].messageExpression',
    "undeclared reference to 'authorizer'",
  ],
  [
    'params without paramKind',
    { expression: 'params.x' },
    'validations[0].expression',
    "undeclared reference to 'params'",
  ],
  [
    'another reason',
    { expression: 'true', reason: 'Gone' },
    'validations[0].reason',
    'Unsupported value: "Gone"',
  ],
])('a policy with %s is refused', async (_, validation, field, message) => {
  const { status, body } = await client.post(POLICIES, policy({ validations: [validation] }));
  expect(status).toBe(422);
  expect(body.details.causes).toMatchObject([
    { field: `spec.${field}`, message: expect.stringContaining(message) },
  ]);
});

test.each<[string, Record<string, unknown>, string, string]>([
  ['nothing to check', {}, 'auditAnnotations', 'must contain at least one item'],
  ['params of no kind', { paramKind: {} }, 'paramKind.apiVersion', 'Required value'],
  [
    'params of a bad version',
    { paramKind: { apiVersion: 'a/b/c', kind: 'A' } },
    'paramKind.apiVersion',
    'unexpected GroupVersion string: a/b/c',
  ],
  [
    'params of a bad kind',
    { paramKind: { apiVersion: 'v1', kind: 'A B' } },
    'paramKind.kind',
    'may have mixed case',
  ],
  [
    'a variable that is no name',
    { variables: [{ name: 'while', expression: 'true' }] },
    'variables[0].name',
    'must be a valid CEL identifier',
  ],
  [
    'an empty message expression',
    { validations: [{ expression: 'true', messageExpression: ' ' }] },
    'validations[0].messageExpression',
    'must be non-empty if specified',
  ],
  [
    'a remark without a name',
    { auditAnnotations: [{ key: '', valueExpression: "'a'" }] },
    'auditAnnotations[0].key',
    'name part must be non-empty',
  ],
  [
    'two remarks of one name',
    { auditAnnotations: ["'a'", "'b'"].map((valueExpression) => ({ key: 'k', valueExpression })) },
    'auditAnnotations[1].key',
    'Duplicate value: "k"',
  ],
  [
    'a name of an object twice',
    {
      matchConstraints: {
        resourceRules: [{ ...configMaps.resourceRules[0], resourceNames: ['a', 'a'] }],
      },
    },
    'matchConstraints.resourceRules[0].resourceNames[1]',
    'Duplicate value: "a"',
  ],
])('a policy with %s is refused', async (_, spec, field, message) => {
  const { status, body } = await client.post(POLICIES, policy(spec));
  expect(status).toBe(422);
  expect(body.details.causes).toContainEqual(
    expect.objectContaining({ field: `spec.${field}`, message: expect.stringContaining(message) }),
  );
});

test.each<[string, Record<string, unknown>, string]>([
  ['a name that is none', { policyName: 'a b' }, 'policyName'],
  ['no actions', { validationActions: [] }, 'validationActions'],
  [
    'two ways to params',
    { paramRef: { name: 'a', selector: {}, parameterNotFoundAction: 'Deny' } },
    'paramRef.selector',
  ],
])('a binding with %s is refused', async (_, spec, field) => {
  const { status, body } = await client.post(BINDINGS, binding(spec));
  expect(status).toBe(422);
  expect(body.details.causes.map((cause) => cause.field)).toContain(`spec.${field}`);
});
