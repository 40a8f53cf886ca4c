import type { JsonObject } from '../../object/json.ts';

/** Verbs that belong together. */
export const READ = 'get list watch';
export const WRITE = 'create delete deletecollection patch update';
/** API groups in which events are written. */
export const EVENT_GROUPS = ['', 'events.k8s.io'];

/** A role that a control plane has from the start. */
export interface BootstrapRole {
  readonly name: string;
  readonly rules: readonly JsonObject[];
  readonly labels?: Readonly<Record<string, string>>;
  /** Label whose bearers the rules are gathered from. */
  readonly aggregates?: string;
}

function words(text: string): string[] {
  return text.split(' ').sort();
}

/** A rule about resources. Verbs, resources and names are separated by spaces; the core group is the empty string. */
export function may(
  verbs: string,
  group: string | readonly string[],
  resources: string,
  resourceNames?: string,
): JsonObject {
  return {
    verbs: words(verbs),
    apiGroups: typeof group === 'string' ? [group] : [...group].sort(),
    resources: words(resources),
    ...(resourceNames !== undefined && { resourceNames: words(resourceNames) }),
  };
}

/** A rule about paths that are no resources. */
export function mayVisit(verbs: string, paths: string): JsonObject {
  return { verbs: words(verbs), nonResourceURLs: words(paths) };
}

/** What every program needs that writes events. */
export function mayWriteEvents(): JsonObject {
  return may('create patch update', EVENT_GROUPS, 'events');
}
