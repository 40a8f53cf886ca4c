import type { RequestStep, Sequence } from '../sequence.ts';
import { configMap, configMaps, del, get, patch, post } from '../sequences/requests.ts';
import { actingAs } from '../access/people.ts';
import {
  binding,
  bindingPath,
  constraints,
  inForce,
  ofConfigMap,
  policy,
  policyPath,
  rule,
  type More,
} from './policy.ts';

const writes: readonly RequestStep[] = [
  post(configMaps, configMap('a', { x: 'y' })),
  post(configMaps, configMap('b', { x: 'z' }, { labels: { l: 'm' } })),
  post(`${configMaps}?dryRun=All`, configMap('c')),
  patch('merge', `${configMaps}/present`, { data: { x: 'z' } }),
  post(configMaps, configMap('d', { x: 'y' }), actingAs('ann', 'system:masters')),
  del(`${configMaps}/present`),
];
const x = "object.data.x == 'y'";
const validating = (...validations: readonly More[]): More => ({ validations });

const policies: Record<string, More> = {
  'an expression': validating(rule(x)),
  'a message': validating(rule(x, { message: 'x must be y' })),
  'a message of an expression': validating(
    rule(x, { messageExpression: "'x is ' + object.data.x + ' in ' + object.metadata.name" }),
  ),
  'a message of an expression that fails': validating(
    rule(x, { message: 'x must be y', messageExpression: "'x is ' + object.data.missing" }),
  ),
  'an empty message of an expression': validating(rule(x, { messageExpression: "''" })),
  'a message of many lines': validating(rule(x, { messageExpression: "'a\\nb'" })),
  'a reason': validating(rule(x, { reason: 'Forbidden' })),
  'the reason Unauthorized': validating(rule(x, { reason: 'Unauthorized', message: 'not you' })),
  'the reason RequestEntityTooLarge': validating(rule(x, { reason: 'RequestEntityTooLarge' })),
  'the reason Invalid': validating(rule(x, { reason: 'Invalid', message: 'm' })),
  'two expressions': validating(
    rule(x, { message: 'first' }),
    rule("object.metadata.name == 'a'", { message: 'second', reason: 'Forbidden' }),
  ),
  'what fails': validating(rule("object.data.missing == 'a'")),
  'what fails, ignored': { ...validating(rule("object.data.missing == 'a'")), failurePolicy: 'Ignore' },
  'no bool in practice': validating(rule('dyn(object.data.x)')),
  'the old object': validating(rule("oldObject == null || oldObject.metadata.name != 'present'")),
  'the request': validating(
    rule("request.operation != 'DELETE' && !request.dryRun && request.userInfo.username != 'ann'"),
  ),
  'all of the request': validating(
    rule('false', {
      messageExpression:
        "request.kind.kind + ' ' + request.resource.resource + ' ' + request.name + ' ' + request.namespace + ' ' + request.operation + ' ' + request.userInfo.username + ' ' + string(request.dryRun) + ' ' + request.requestKind.version + ' ' + request.requestResource.group + '/' + request.subResource",
    }),
  ),
  'the options': validating(rule("request.operation != 'CREATE' || !has(request.options.fieldManager)")),
  'the namespace': validating(
    rule("namespaceObject.metadata.name != '{{ns}}'", { messageExpression: 'namespaceObject.metadata.name' }),
  ),
  'rights of the user': validating(
    rule("authorizer.group('').resource('secrets').namespace('{{ns}}').check('get').allowed()"),
    rule("!authorizer.requestResource.check('delete').allowed()"),
    rule("authorizer.path('/metrics').check('get').reason() == ''"),
    rule("authorizer.serviceAccount('{{ns}}', 'robot').resource('pods').check('get').allowed()"),
  ),
  variables: {
    variables: [
      { name: 'x', expression: "has(object.data) && 'x' in object.data ? object.data.x : 'none'" },
      { name: 'long', expression: 'variables.x.size() > 1' },
    ],
    ...validating(rule('!variables.long', { messageExpression: "'x is ' + variables.x" })),
  },
  'a variable that fails': {
    variables: [{ name: 'x', expression: 'object.data.missing' }],
    ...validating(rule("object.metadata.name == 'a' || variables.x == ''")),
  },
  'a condition': {
    matchConditions: [{ name: 'named', expression: "object != null && object.metadata.name == 'a'" }],
    ...validating(rule('false')),
  },
  'a condition that fails': {
    matchConditions: [{ name: 'named', expression: 'object.data.missing' }],
    ...validating(rule('false')),
  },
  'a condition that fails, ignored': {
    failurePolicy: 'Ignore',
    matchConditions: [{ name: 'named', expression: "object.data.missing == ''" }],
    ...validating(rule('false')),
  },
  'labelled objects only': {
    matchConstraints: constraints({ objectSelector: { matchLabels: { l: 'm' } } }),
    ...validating(rule('false')),
  },
  'names only': {
    matchConstraints: constraints({
      resourceRules: [
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: ['*'],
          resources: ['configmaps'],
          resourceNames: ['a', 'present'],
        },
      ],
    }),
    ...validating(rule('false')),
  },
  'some excluded': {
    matchConstraints: constraints({
      excludeResourceRules: [
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: ['DELETE', 'UPDATE'],
          resources: ['configmaps'],
        },
      ],
    }),
    ...validating(rule('false')),
  },
  annotations: {
    auditAnnotations: [{ key: 'a', valueExpression: "'b'" }],
    ...validating(rule(x)),
  },
  'annotations only': { auditAnnotations: [{ key: 'a', valueExpression: "'b'" }] },
};

const actions: Record<string, More> = {
  warnings: { validationActions: ['Warn'] },
  audits: { validationActions: ['Audit'] },
  'warnings and audits': { validationActions: ['Warn', 'Audit'] },
  'denials and audits': { validationActions: ['Deny', 'Audit'] },
  'a narrower match': { matchResources: { objectSelector: { matchLabels: { l: 'm' } } } },
  'other namespaces': {
    matchResources: { namespaceSelector: { matchLabels: { absent: 'yes' } } },
  },
};

const present = post(configMaps, configMap('present', { x: 'y' }));
const withParams = {
  ...ofConfigMap,
  ...validating(
    rule("request.operation == 'DELETE' || object.data.x == params.data.wanted", {
      messageExpression: "'wanted is ' + params.data.wanted",
    }),
  ),
};

const params: Record<string, More> = {
  'one in the namespace': { paramRef: { name: 'wanted', parameterNotFoundAction: 'Deny' } },
  'one of another namespace': {
    paramRef: { name: 'wanted', namespace: '{{ns}}', parameterNotFoundAction: 'Deny' },
  },
  'one that is not there': { paramRef: { name: 'absent', parameterNotFoundAction: 'Deny' } },
  'one that is not there, allowed': { paramRef: { name: 'absent', parameterNotFoundAction: 'Allow' } },
  'some by their labels': {
    paramRef: { selector: { matchLabels: { params: 'yes' } }, parameterNotFoundAction: 'Deny' },
  },
  'none by their labels': {
    paramRef: { selector: { matchLabels: { params: 'no' } }, parameterNotFoundAction: 'Deny' },
  },
  none: {},
};

const badPolicies: Record<string, More> = {
  nothing: { matchConstraints: undefined },
  'no validations': {},
  'no expression': validating({}),
  'an empty expression': validating(rule('')),
  'no expression at all': validating(rule('object.')),
  'no bool': validating(rule('1')),
  'something unknown': validating(rule('other == null')),
  'params without a kind': validating(rule('params == null')),
  'a message of many lines': validating(rule('true', { message: 'a\nb' })),
  'an empty message': validating(rule('true', { message: ' ' })),
  'a message expression of a number': validating(rule('true', { messageExpression: '1' })),
  'an empty message expression': validating(rule('true', { messageExpression: ' ' })),
  'an unknown reason': validating(rule('true', { reason: 'Sorry' })),
  'an unknown policy for failures': { ...validating(rule('true')), failurePolicy: 'Maybe' },
  'no rules': { ...validating(rule('true')), matchConstraints: {} },
  'empty rules': { ...validating(rule('true')), matchConstraints: { resourceRules: [{}] } },
  'a bad selector': {
    ...validating(rule('true')),
    matchConstraints: constraints({ objectSelector: { matchLabels: { 'a b': 'c' } } }),
  },
  'names of objects twice': {
    ...validating(rule('true')),
    matchConstraints: constraints({
      resourceRules: [
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: ['*'],
          resources: ['configmaps'],
          resourceNames: ['a', 'a'],
        },
      ],
    }),
  },
  'variables of one name': {
    ...validating(rule('true')),
    variables: [
      { name: 'a', expression: 'true' },
      { name: 'a', expression: 'true' },
    ],
  },
  'a variable of a bad name': {
    ...validating(rule('true')),
    variables: [{ name: 'a-b', expression: 'true' }],
  },
  'a variable before its definition': {
    ...validating(rule('true')),
    variables: [
      { name: 'a', expression: 'variables.b' },
      { name: 'b', expression: 'true' },
    ],
  },
  'conditions of one name': {
    ...validating(rule('true')),
    matchConditions: [
      { name: 'a', expression: 'true' },
      { name: 'a', expression: 'true' },
    ],
  },
  'a condition that is no bool': {
    ...validating(rule('true')),
    matchConditions: [{ name: 'a', expression: '1' }],
  },
  'an annotation without a key': { auditAnnotations: [{ key: '', valueExpression: "'b'" }] },
  'an annotation of a number': { auditAnnotations: [{ key: 'a', valueExpression: '1' }] },
  'annotations of one key': {
    auditAnnotations: [
      { key: 'a', valueExpression: "'b'" },
      { key: 'a', valueExpression: "'c'" },
    ],
  },
  'params of no kind': { ...validating(rule('true')), paramKind: {} },
  'params of a bad version': { ...validating(rule('true')), paramKind: { apiVersion: 'a/b/c', kind: 'A' } },
};

const badBindings: Record<string, More> = {
  'nothing unusual': {},
  'no policy': { policyName: '' },
  'a bad name': { policyName: 'a b' },
  'no actions': { validationActions: [] },
  'no word on actions': { validationActions: undefined },
  'unknown actions': { validationActions: ['Shout'] },
  'an action twice': { validationActions: ['Audit', 'Audit'] },
  'denials and warnings': { validationActions: ['Deny', 'Warn'] },
  'params of no name': { paramRef: { parameterNotFoundAction: 'Deny' } },
  'params of both ways': { paramRef: { name: 'a', selector: {}, parameterNotFoundAction: 'Deny' } },
  'no word on missing params': { paramRef: { name: 'a' } },
  'an unknown word on missing params': { paramRef: { name: 'a', parameterNotFoundAction: 'Shout' } },
  'a bad selector': { matchResources: { objectSelector: { matchLabels: { 'a b': 'c' } } } },
};

/** Policies, what they match, and what comes of it. */
export const policySequences: readonly Sequence[] = [
  ...Object.entries(policies).map(([what, spec]) => ({
    name: `policies: with ${what}`,
    steps: [present, ...inForce([spec], [binding()], writes)],
  })),
  ...Object.entries(actions).map(([what, spec]) => ({
    name: `policies: bound for ${what}`,
    steps: [present, ...inForce([validating(rule('false', { message: 'no' }))], [binding(spec)], writes)],
  })),
  ...Object.entries(params).map(([what, spec]) => ({
    name: `policies: with params, ${what}`,
    steps: [
      present,
      post(configMaps, configMap('wanted', { wanted: 'y' }, { labels: { params: 'yes' } })),
      post(configMaps, configMap('wanted-too', { wanted: 'z' }, { labels: { params: 'yes' } })),
      ...inForce([withParams], [binding(spec)], writes, 'wanted'),
    ],
  })),
  {
    name: 'policies: two of them, and two bindings of one',
    steps: [
      present,
      ...inForce(
        [
          validating(rule(x, { message: 'one' })),
          validating(rule("object.metadata.name != 'b'", { message: 'two' })),
        ],
        [
          binding(),
          binding({ validationActions: ['Warn'] }, 'b1'),
          binding({ validationActions: ['Warn'] }, 'b2', 'p1'),
        ],
        writes,
      ),
    ],
  },
  {
    name: 'policies: what they may say',
    steps: Object.values(badPolicies).map((spec) => post(`${policyPath}?dryRun=All`, policy(spec))),
  },
  {
    name: 'policies: what bindings may say',
    steps: Object.values(badBindings).map((spec) => post(`${bindingPath}?dryRun=All`, binding(spec))),
  },
  {
    name: 'policies: one that changes',
    steps: [
      post(policyPath, policy(validating(rule('true')), 'q')),
      get(`${policyPath}/{{ns}}-q`),
      patch('merge', `${policyPath}/{{ns}}-q`, { spec: { failurePolicy: 'Ignore' } }),
      patch('merge', `${policyPath}/{{ns}}-q`, { spec: { validations: [rule('object.')] } }),
      patch('strategic', `${policyPath}/{{ns}}-q`, { spec: { variables: [{ name: 'a', expression: '1' }] } }),
      patch('merge', `${policyPath}/{{ns}}-q`, { metadata: { labels: { a: 'b' } } }),
      patch('merge', `${policyPath}/{{ns}}-q/status`, { status: { observedGeneration: 1 } }),
      del(`${policyPath}/{{ns}}-q`),
    ],
  },
];
