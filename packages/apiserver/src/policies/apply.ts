import type { AdmissionRequest } from '../admission/types.ts';
import type { AccessCheck } from '../cel/library/authorizer.ts';
import { ApiServerError, type ApiServerErrorCode } from '../errors.ts';
import { cloneJson } from '../object/json.ts';
import { qualifiedResource, type KubeObject } from '../object/types.ts';
import type { Registry } from '../registry/registry.ts';
import { invocationOf, type Invocation, type Matcher } from '../webhooks/match.ts';
import { ruleMatches } from '../webhooks/rules.ts';
import { VersionedObjects } from '../webhooks/versions.ts';
import type { Input } from './environment.ts';
import { CompiledPolicy, type Refusal } from './evaluator.ts';
import { paramsOf } from './params.ts';
import type { PolicyInForce } from './step.ts';
import type { Binding, MatchResources, NamedRule, Policy } from './types.ts';

type Surroundings = Pick<Registry, 'store' | 'catalogue'>;

const STATUS: Readonly<Record<string, { code: ApiServerErrorCode; httpStatus: number }>> = {
  Forbidden: { code: 'Forbidden', httpStatus: 403 },
  RequestEntityTooLarge: { code: 'RequestEntityTooLarge', httpStatus: 413 },
  Invalid: { code: 'Invalid', httpStatus: 422 },
};

const compiled = new WeakMap<Policy, CompiledPolicy>();

function compiledPolicy(policy: Policy): CompiledPolicy {
  const known = compiled.get(policy) ?? new CompiledPolicy(policy);
  compiled.set(policy, known);
  return known;
}

/**
 * Evaluates the policies that a request concerns.
 * @throws ApiServerError of the first binding that denies it, after all were asked
 */
export async function applyPolicies(
  surroundings: Surroundings,
  policies: readonly PolicyInForce[],
  request: AdmissionRequest,
  access: AccessCheck,
  warnings: string[],
): Promise<void> {
  const versions = new VersionedObjects(surroundings.catalogue, request);
  let first: ApiServerError | undefined;
  for (const { policy, bindings } of policies) {
    const matched = matching(surroundings, policy.spec.matchConstraints, request);
    if (matched === undefined) continue;
    const objects = {
      object: completed(surroundings, request, await versions.show(request.object, matched.target)),
      oldObject: completed(surroundings, request, await versions.show(request.oldObject, matched.target)),
    };
    for (const binding of bindings) {
      const { matchResources } = binding.spec;
      if (matchResources !== undefined && matching(surroundings, matchResources, request) === undefined)
        continue;
      const input = {
        request,
        ...objects,
        ...matchedAs(matched),
        namespace: namespaceOf(surroundings, request),
        access,
      };
      for (const refusal of refusals(surroundings, policy, binding, input)) {
        const error = enforce(policy, binding, refusal, request, warnings);
        first ??= error;
      }
    }
  }
  if (first !== undefined) throw first;
}

function refusals(surroundings: Surroundings, policy: Policy, binding: Binding, input: Input): Refusal[] {
  const params = paramsOf(surroundings, policy, binding, input.request.namespace);
  if ('error' in params)
    return policy.spec.failurePolicy === 'Ignore'
      ? []
      : [{ message: `failed to configure binding: ${params.error}`, reason: 'Invalid', always: true }];
  return params.flatMap((param) => compiledPolicy(policy).evaluate({ ...input, params: param }));
}

/** Does what a binding says is to be done about a refusal. @returns the refusal if it is to deny */
function enforce(
  policy: Policy,
  binding: Binding,
  refusal: Refusal,
  request: AdmissionRequest,
  warnings: string[],
): ApiServerError | undefined {
  const { validationActions } = binding.spec;
  const names = `ValidatingAdmissionPolicy '${policy.metadata.name ?? ''}' with binding '${binding.metadata.name ?? ''}'`;
  if (validationActions.includes('Warn') && refusal.always !== true)
    warnings.push(`Validation failed for ${names}: ${refusal.message}`);
  if (!validationActions.includes('Deny') && refusal.always !== true) return undefined;
  return denied(request, `${names} denied request: ${refusal.message}`, refusal.reason);
}

function denied({ resource, name }: AdmissionRequest, message: string, reason: string): ApiServerError {
  const { code, httpStatus } = STATUS[reason] ?? { code: 'Invalid', httpStatus: 422 };
  const subject = qualifiedResource(resource.group, resource.resource);
  return new ApiServerError(code, `${subject}${name === '' ? '' : ` "${name}"`} is forbidden: ${message}`, {
    httpStatus,
    reason,
    group: resource.group,
    kind: resource.resource,
    ...(name !== '' && { name }),
    causes: [{ message }],
  });
}

function matching(
  surroundings: Surroundings,
  resources: MatchResources,
  request: AdmissionRequest,
): Invocation<Matcher> | undefined {
  const { resourceRules, excludeResourceRules = [], ...rest } = resources;
  const named = (rule: NamedRule) =>
    rule.resourceNames === undefined ||
    rule.resourceNames.length === 0 ||
    rule.resourceNames.includes(request.name);
  const subject = {
    ...request.resource,
    subresource: request.subresource,
    operation: request.operation,
    namespace: request.namespace,
  };
  if (excludeResourceRules.some((rule) => named(rule) && ruleMatches(rule, subject))) return undefined;
  const everything = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*', '*/*'] };
  // A binding without rules is about everything that its policy is about.
  const rules =
    resourceRules === undefined || resourceRules.length === 0 ? [everything] : resourceRules.filter(named);
  return invocationOf(surroundings, { ...rest, rules }, request, request.object);
}

/** Objects of built-in kinds have their parts always, if empty, since kube-apiserver has types for them. */
function completed(
  { catalogue }: Surroundings,
  { resource }: AdmissionRequest,
  object: KubeObject | undefined,
): KubeObject | undefined {
  const definition = catalogue.find(resource);
  if (object === undefined || definition?.origin !== 'builtin') return object;
  for (const part of ['spec', 'status'])
    if (definition.schema?.properties?.[part]?.type === 'object') object[part] ??= {};
  return object;
}

function matchedAs({ target }: Invocation<Matcher>): Pick<Input, 'matched'> {
  if (target === undefined) return {};
  const { group, version, resource, kind } = target;
  return { matched: { group, version, resource, kind } };
}

function namespaceOf(
  { store }: Surroundings,
  { namespace, resource }: AdmissionRequest,
): KubeObject | undefined {
  if (namespace === undefined || (resource.group === '' && resource.resource === 'namespaces'))
    return undefined;
  const stored = store.get({ resource: 'namespaces', namespace: '', name: namespace });
  return stored === undefined ? undefined : cloneJson(stored.object);
}
