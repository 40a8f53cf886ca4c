import type { PolicyRule } from '../kinds/rbac.ts';

/** Sets of verbs that stand in many rules. */
export const read = ['get', 'list', 'watch'] as const;
export const write = ['get', 'delete', 'create', 'update', 'patch', 'list', 'watch'] as const;
export const all = [...write, 'deletecollection'] as const;

/** One rule: what may be done with these resources of a group. */
export function rule(group: string, resources: readonly string[], verbs: readonly string[]): PolicyRule {
  return { apiGroups: [group], resources, verbs };
}

/** First parts of subresources with two that are no subresources themselves. */
const families = ['sev', 'evacuate'];

/**
 * Rules of KubeVirt's subresources, by the resource that they belong to. The API server looks at the first part of a
 * subresource only, so it must be allowed, too; virt-api, which is asked next, at the whole of it. (KubeVirt's roles lack it, so
 * that `sev/fetchcertchain` and its like are for cluster administrators only.)
 */
export function subresourceRule(
  resource: 'virtualmachines' | 'virtualmachineinstances',
  subresources: readonly string[],
  verbs: readonly string[],
): PolicyRule {
  return rule(
    'subresources.kubevirt.io',
    [
      ...subresources,
      ...families.filter((family) => subresources.some((name) => name.startsWith(`${family}/`))),
    ].map((subresource) => `${resource}/${subresource}`),
    verbs,
  );
}

/**
 * Rules that allow everything that the given ones allow, each once: who grants roles must have every right in them
 * (Kubernetes: prevention of privilege escalation).
 */
export function union(rules: readonly PolicyRule[]): PolicyRule[] {
  const merged = new Map<string, PolicyRule>();
  for (const one of rules) {
    const { verbs, ...rest } = one;
    const key = JSON.stringify([
      rest.apiGroups,
      [...(rest.resources ?? [])].sort(),
      rest.resourceNames,
      rest.nonResourceURLs,
    ]);
    const before = merged.get(key);
    merged.set(key, { ...rest, verbs: [...new Set([...(before?.verbs ?? []), ...verbs])] });
  }
  return [...merged.values()];
}
