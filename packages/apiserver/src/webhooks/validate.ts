import type { StatusCause } from '../errors.ts';
import { elementsOf, isObject, membersOf, stringOf, type JsonObject } from '../object/json.ts';
import { validateSelector } from '../object/embedded-selector.ts';
import { nameProblem, qualifiedNameProblem } from '../object/names.ts';
import type { KubeObject } from '../object/types.ts';
import { Causes } from './causes.ts';
import { validateClientConfig } from './validate-client-config.ts';

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];
const REVIEW_VERSIONS = ['v1', 'v1beta1'];
const MOST_CONDITIONS = 64;
const SIDE_EFFECTS = ['None', 'NoneOnDryRun'];

/** Violations in a MutatingWebhookConfiguration or ValidatingWebhookConfiguration whose members have the right types. */
export function validateWebhooks(object: KubeObject, mutating: boolean): StatusCause[] {
  const causes = new Causes();
  const names = new Set<string>();
  elementsOf(object.webhooks).forEach((each, index) => {
    const path = `webhooks[${index}]`;
    const webhook = membersOf(each);
    validateWebhook(causes, webhook, mutating, path);
    const name = stringOf(webhook.name);
    if (name !== '' && names.has(name)) causes.duplicate(`${path}.name`, name);
    names.add(name);
  });
  return causes.list;
}

function validateWebhook(causes: Causes, webhook: JsonObject, mutating: boolean, path: string): void {
  validateName(causes, stringOf(webhook.name), `${path}.name`);
  elementsOf(webhook.rules).forEach((rule, index) =>
    validateRule(causes, membersOf(rule), `${path}.rules[${index}]`),
  );
  causes.oneOf(`${path}.failurePolicy`, webhook.failurePolicy, ['Fail', 'Ignore']);
  causes.oneOf(`${path}.matchPolicy`, webhook.matchPolicy, ['Equivalent', 'Exact']);
  if (webhook.sideEffects === undefined)
    causes.required(`${path}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(', ')}`);
  else causes.oneOf(`${path}.sideEffects`, webhook.sideEffects, SIDE_EFFECTS);
  const seconds = Number(webhook.timeoutSeconds);
  if (seconds < 1 || seconds > 30)
    causes.invalid(`${path}.timeoutSeconds`, seconds, 'the timeout value must be between 1 and 30 seconds');
  for (const member of ['namespaceSelector', 'objectSelector'])
    causes.list.push(...validateSelector(webhook[member], `${path}.${member}`));
  if (mutating) causes.oneOf(`${path}.reinvocationPolicy`, webhook.reinvocationPolicy, ['IfNeeded', 'Never']);
  causes.list.push(...validateClientConfig(webhook.clientConfig, `${path}.clientConfig`));
  validateConditions(causes, elementsOf(webhook.matchConditions), `${path}.matchConditions`);
  validateReviewVersions(
    causes,
    elementsOf(webhook.admissionReviewVersions),
    `${path}.admissionReviewVersions`,
  );
}

function validateName(causes: Causes, name: string, path: string): void {
  if (name === '') {
    causes.required(path);
    return;
  }
  const problem = nameProblem(name, 'dns-subdomain');
  if (problem !== undefined) causes.invalid(path, name, problem);
  else if (name.split('.').length < 3)
    causes.invalid(path, name, 'should be a domain with at least three segments separated by dots');
}

/** Reports what is wrong with a rule; policies have the same. */
export function validateRule(causes: Causes, rule: JsonObject, path: string): void {
  const operations = elementsOf(rule.operations);
  if (operations.length === 0) causes.required(`${path}.operations`);
  if (operations.length > 1 && operations.includes('*'))
    causes.invalid(`${path}.operations`, operations, "if '*' is present, must not specify other operations");
  operations.forEach((operation, index) =>
    causes.oneOf(`${path}.operations[${index}]`, operation, OPERATIONS),
  );
  const groups = elementsOf(rule.apiGroups);
  if (groups.length === 0) causes.required(`${path}.apiGroups`);
  if (groups.length > 1 && groups.includes('*'))
    causes.invalid(`${path}.apiGroups`, groups, "if '*' is present, must not specify other API groups");
  const versions = elementsOf(rule.apiVersions);
  if (versions.length === 0) causes.required(`${path}.apiVersions`);
  if (versions.length > 1 && versions.includes('*'))
    causes.invalid(`${path}.apiVersions`, versions, "if '*' is present, must not specify other API versions");
  versions.forEach((version, index) => {
    if (version === '') causes.required(`${path}.apiVersions[${index}]`);
  });
  validateResources(causes, elementsOf(rule.resources).map(String), `${path}.resources`);
  if (rule.scope !== undefined) causes.oneOf(`${path}.scope`, rule.scope, SCOPES);
}

function validateResources(causes: Causes, resources: readonly string[], path: string): void {
  if (resources.length === 0) causes.required(path);
  const allSubresourcesOf = new Set<string>();
  const everywhere = new Set<string>();
  let plain = false;
  resources.forEach((resource, index) => {
    const at = `${path}[${index}]`;
    if (resource === '') {
      causes.required(at);
      return;
    }
    const slash = resource.indexOf('/');
    if (slash < 0) {
      plain = resource !== '*';
      return;
    }
    const [main, sub] = [resource.slice(0, slash), resource.slice(slash + 1)];
    if (allSubresourcesOf.has(main))
      causes.invalid(at, resource, `if '${main}/*' is present, must not specify ${resource}`);
    if (everywhere.has(sub))
      causes.invalid(at, resource, `if '*/${sub}' is present, must not specify ${resource}`);
    if (sub === '*') allSubresourcesOf.add(main);
    if (main === '*') everywhere.add(sub);
  });
  if (resources.length > 1 && resources.includes('*/*'))
    causes.invalid(path, resources, "if '*/*' is present, must not specify other resources");
  if (resources.includes('*') && plain)
    causes.invalid(
      path,
      resources,
      "if '*' is present, must not specify other resources without subresources",
    );
}

/** Reports what is wrong with match conditions, but for their expressions; policies have the same. */
export function validateConditions(causes: Causes, conditions: readonly unknown[], path: string): void {
  const seen = new Set<string>();
  if (conditions.length > MOST_CONDITIONS)
    causes.list.push({
      reason: 'FieldValueTooMany',
      field: path,
      message: `Too many: ${conditions.length}: must have at most ${MOST_CONDITIONS} items`,
    });
  conditions.map(membersOf).forEach((condition, index) => {
    const at = `${path}[${index}]`;
    const name = stringOf(condition.name);
    if (stringOf(condition.expression).trim() === '') causes.required(`${at}.expression`);
    const problem = name === '' ? undefined : qualifiedNameProblem(name);
    if (name === '') causes.required(`${at}.name`);
    else if (problem !== undefined) causes.invalid(`${at}.name`, name, problem);
    if (name !== '' && seen.has(name)) causes.duplicate(`${at}.name`, name);
    seen.add(name);
  });
}

/** Shared with conversion webhooks, which have no older version that is recognised. */
export function validateReviewVersions(
  causes: Causes,
  versions: readonly unknown[],
  path: string,
  known: readonly string[] = REVIEW_VERSIONS,
): void {
  if (versions.length === 0) {
    causes.required(path, `must specify one of ${known.join(', ')}`);
    return;
  }
  const seen = new Set<unknown>();
  versions.forEach((version, index) => {
    const at = `${path}[${index}]`;
    if (seen.has(version)) {
      causes.invalid(at, version, 'duplicate version');
      return;
    }
    seen.add(version);
    const problem = nameProblem(stringOf(version), 'dns-1035-label');
    if (problem !== undefined) causes.invalid(at, version, problem);
  });
  if (!known.some((version) => seen.has(version)))
    causes.invalid(path, versions, `must include at least one of ${known.join(', ')}`);
}

/** True for something that looks like an object with webhooks; used on what the embedder hands in. */
export function hasWebhooks(value: unknown): value is KubeObject & { webhooks: JsonObject[] } {
  return isObject(value) && Array.isArray(value.webhooks) && value.webhooks.every(isObject);
}
