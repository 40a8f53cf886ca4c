import { elementsOf, membersOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import { isResourceTarget, type Attributes } from './attributes.ts';

/** One rule of a Role or ClusterRole; absent lists are empty. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

const ALL = '*';
const parsed = new WeakMap<KubeObject, readonly PolicyRule[]>();

/** The rules of a stored Role or ClusterRole; parsed once per object. */
export function rulesOf(role: KubeObject): readonly PolicyRule[] {
  let rules = parsed.get(role);
  if (rules === undefined) {
    rules = elementsOf(role.rules).map(policyRule);
    parsed.set(role, rules);
  }
  return rules;
}

function policyRule(value: unknown): PolicyRule {
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = membersOf(value);
  return {
    verbs: strings(verbs),
    apiGroups: strings(apiGroups),
    resources: strings(resources),
    resourceNames: strings(resourceNames),
    nonResourceURLs: strings(nonResourceURLs),
  };
}

function strings(value: unknown): string[] {
  return elementsOf(value).filter((element) => typeof element === 'string');
}

/** Whether a rule allows what is asked for. */
export function ruleAllows(rule: PolicyRule, { verb, target }: Attributes): boolean {
  if (!matches(rule.verbs, verb)) return false;
  if (!isResourceTarget(target)) return rule.nonResourceURLs.some((url) => coversPath(url, target.path));
  const { group, resource, subresource, name } = target;
  const whole = subresource === '' ? resource : `${resource}/${subresource}`;
  return (
    matches(rule.apiGroups, group) &&
    (matches(rule.resources, whole) ||
      (subresource !== '' && rule.resources.includes(`${ALL}/${subresource}`))) &&
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(name))
  );
}

function matches(values: readonly string[], wanted: string): boolean {
  return values.includes(ALL) || values.includes(wanted);
}

/** Whether a path of a rule, possibly ending in `*`, covers a path. */
export function coversPath(url: string, path: string): boolean {
  if (url === path) return true;
  if (!url.endsWith(ALL)) return false;
  let end = url.length;
  while (url[end - 1] === ALL) end -= 1;
  return path.startsWith(url.slice(0, end));
}
