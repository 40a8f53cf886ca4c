import { coversPath, type PolicyRule } from './policy-rule.ts';

const ALL = '*';

/** A rule with at most one element in each list. */
type Atom = PolicyRule;

/**
 * The parts of `wanted` that `held` does not cover, broken down to one verb, group, resource and name each. A part counts as
 * covered only if a single rule covers it.
 */
export function uncovered(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly Atom[] {
  return wanted.flatMap(atoms).filter((atom) => !held.some((rule) => covers(rule, atom)));
}

function atoms({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): Atom[] {
  const names = resourceNames.length === 0 ? [[]] : resourceNames.map((name) => [name]);
  const ofResources = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) =>
        names.map((name) => ({
          verbs: [verb],
          apiGroups: [group],
          resources: [resource],
          resourceNames: name,
          nonResourceURLs: [],
        })),
      ),
    ),
  );
  const ofPaths = nonResourceURLs.flatMap((url) =>
    verbs.map((verb) => ({
      verbs: [verb],
      apiGroups: [],
      resources: [],
      resourceNames: [],
      nonResourceURLs: [url],
    })),
  );
  return [...ofResources, ...ofPaths];
}

function covers(rule: PolicyRule, atom: Atom): boolean {
  return (
    includesAll(rule.verbs, atom.verbs) &&
    includesAll(rule.apiGroups, atom.apiGroups) &&
    atom.resources.every((resource) => coversResource(rule.resources, resource)) &&
    (rule.resourceNames.length === 0 ||
      (atom.resourceNames.length > 0 &&
        atom.resourceNames.every((name) => rule.resourceNames.includes(name)))) &&
    atom.nonResourceURLs.every((path) => rule.nonResourceURLs.some((url) => coversPath(url, path)))
  );
}

function includesAll(set: readonly string[], wanted: readonly string[]): boolean {
  return set.includes(ALL) || wanted.every((value) => set.includes(value));
}

function coversResource(set: readonly string[], resource: string): boolean {
  if (set.includes(ALL) || set.includes(resource)) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && set.includes(`${ALL}${resource.slice(slash)}`);
}

/** Joins atoms of resources that differ in their verb only, so that a message about them is short. */
export function compact(rules: readonly Atom[]): PolicyRule[] {
  const byTarget = Map.groupBy(rules, (rule) =>
    JSON.stringify([
      rule.apiGroups,
      rule.resources,
      rule.resourceNames,
      ...(rule.nonResourceURLs.length > 0 ? [rule.nonResourceURLs, rule.verbs] : []),
    ]),
  );
  return [...byTarget.values()].flatMap((group) => {
    const first = group[0];
    return first === undefined ? [] : [{ ...first, verbs: group.flatMap(({ verbs }) => verbs) }];
  });
}

/** A rule as Kubernetes writes it in messages: `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`. */
export function ruleText(rule: PolicyRule): string {
  const members: [string, readonly string[]][] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ];
  const parts = members.filter(([, values]) => values.length > 0);
  return `{${parts.map(([name, values]) => `${name}:${listText(values)}`).join(', ')}}`;
}

/** A list of strings as Go prints it with %q: `["a" "b"]`. */
export function listText(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
}
