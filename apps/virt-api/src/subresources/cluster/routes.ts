import { clusterHealth } from './health.ts';
import { guestfs } from './guestfs.ts';
import { profilerRoutes } from './profiler.ts';
import { expandGivenSpec } from '../expansion.ts';
import { json, type Route } from '../route.ts';
import { versionInfo } from '../version.ts';

/** Subresources of the whole group, by name. */
export const clusterRoutes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['version', { method: 'GET', answer: async () => json(versionInfo) }],
  ['healthz', clusterHealth],
  ['guestfs', guestfs],
  ...profilerRoutes,
]);

/** Subresources of a namespace, by name. */
export const namespaceRoutes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['expand-vm-spec', expandGivenSpec],
]);
