import type { Answer, RequestStep } from '../sequence.ts';
import { configMap, configMaps, del, post } from '../sequences/requests.ts';

const api = '/apis/admissionregistration.k8s.io/v1';
export const policyPath = `${api}/validatingadmissionpolicies`;
export const bindingPath = `${api}/validatingadmissionpolicybindings`;

export type More = Record<string, unknown>;

const rules = [
  {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    resources: ['configmaps'],
  },
];
const inNamespace = { matchLabels: { 'kubernetes.io/metadata.name': '{{ns}}' } };
export const constraints = (more: More = {}): More => ({
  namespaceSelector: inNamespace,
  objectSelector: { matchExpressions: [{ key: 'probe', operator: 'DoesNotExist' }] },
  resourceRules: rules,
  ...more,
});

/** What is of the whole cluster has the sequence's name in front. */
const named = (name: string): string => `{{ns}}-${name}`;

export const policy = (spec: More, name = 'p') => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: named(name) },
  spec: { matchConstraints: constraints(), ...spec },
});

export const binding = (spec: More = {}, name = 'b', of = 'p') => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: named(name) },
  spec: { policyName: named(of), validationActions: ['Deny'], ...spec },
});

export const rule = (expression: string, more: More = {}): More => ({ expression, ...more });

const sentinel = {
  matchConstraints: constraints({ objectSelector: { matchLabels: { probe: 'yes' } } }),
  validations: [rule('false')],
};
const denied = ({ body }: Answer) =>
  (body as { message?: string }).message?.endsWith('failed expression: false') === true;

export const ofConfigMap = { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } };
/**
 * A policy without a binding. As long as it is there kube-apiserver knows ConfigMaps as params: it does not learn of them
 * again once the last policy is gone that wants them.
 */
export const keeper = post(
  policyPath,
  {
    metadata: { name: 'keeps-params' },
    spec: { ...ofConfigMap, matchConstraints: { resourceRules: rules }, validations: [rule('true')] },
  },
  { setUp: true },
);

/** Nothing is refused as long as the ConfigMap is not known. */
const paramRef = (name: string): More => ({ name, parameterNotFoundAction: 'Allow' });

/** Steps with policies in force: kube-apiserver acts upon all that was written before the last one when it acts upon that. @param param a ConfigMap that must be known too */
export function inForce(
  policies: readonly More[],
  bindings: readonly unknown[],
  steps: readonly RequestStep[],
  param?: string,
): RequestStep[] {
  const setUp = { setUp: true };
  const probe = configMap('probe', {}, { labels: { probe: 'yes' } });
  return [
    ...policies.map((spec, index) => post(policyPath, policy(spec, index === 0 ? 'p' : `p${index}`), setUp)),
    ...bindings.map((each) => post(bindingPath, each, setUp)),
    post(policyPath, policy({ ...sentinel, ...(param !== undefined && ofConfigMap) }, 'z'), setUp),
    post(bindingPath, binding(param === undefined ? {} : { paramRef: paramRef(param) }, 'z', 'z'), setUp),
    post(`${configMaps}?dryRun=All`, probe, { until: denied, setUp: true }),
    ...steps,
    ...bindings.map((_, index) =>
      del(`${bindingPath}/${named(index === 0 ? 'b' : `b${index}`)}`, undefined, setUp),
    ),
    del(`${bindingPath}/${named('z')}`, undefined, setUp),
    ...policies.map((_, index) =>
      del(`${policyPath}/${named(index === 0 ? 'p' : `p${index}`)}`, undefined, setUp),
    ),
    del(`${policyPath}/${named('z')}`, undefined, setUp),
  ];
}
