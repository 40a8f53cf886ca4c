import type { MountedGroup } from '../mounts/types.ts';
import type { Catalogue } from '../registry/catalogue.ts';
import type { KubeObject } from '../object/types.ts';
import { apiServiceName, REGISTRATION_GROUP } from './group.ts';

/** Label of the APIServices that the server keeps by itself. */
export const AUTOMANAGED = 'kube-aggregator.kubernetes.io/automanaged';

/** Which groups come first in discovery; those of custom resources come last. */
const GROUP_PRIORITIES: Record<string, number> = {
  '': 18_000,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  apps: 17_800,
  'storage.k8s.io': 16_800,
  'apiextensions.k8s.io': 16_700,
  'admissionregistration.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
};
const CUSTOM = { groupPriorityMinimum: 1000, versionPriority: 100 };
const BUILTIN_VERSION_PRIORITY = 15;
const LEGACY_VERSION_PRIORITY = 1;

/** A group and version that this server serves itself. */
interface LocalVersion {
  readonly group: string;
  readonly version: string;
  /** `onstart` for what is always there, `true` for what comes and goes. */
  readonly managed: 'onstart' | 'true';
}

/** What this server serves itself; its own registration group has no APIService, as in Kubernetes. */
export function localVersions(
  catalogue: Catalogue,
  others: readonly Pick<MountedGroup, 'group' | 'version'>[],
): LocalVersion[] {
  const found = new Map<string, LocalVersion>();
  const add = (group: string, version: string, managed: LocalVersion['managed']) => {
    const name = apiServiceName(group, version);
    if (group !== REGISTRATION_GROUP && !found.has(name)) found.set(name, { group, version, managed });
  };
  for (const { group, version } of others) add(group, version, 'onstart');
  for (const { group, version, origin } of catalogue.all())
    add(group, version, origin === 'builtin' ? 'onstart' : 'true');
  return [...found.values()];
}

/** The APIService of such a group and version. */
export function localApiService({ group, version, managed }: LocalVersion): KubeObject {
  const minimum = GROUP_PRIORITIES[group];
  const priorities =
    minimum === undefined
      ? CUSTOM
      : {
          groupPriorityMinimum: minimum,
          versionPriority: group === '' ? LEGACY_VERSION_PRIORITY : BUILTIN_VERSION_PRIORITY,
        };
  return {
    apiVersion: `${REGISTRATION_GROUP}/v1`,
    kind: 'APIService',
    metadata: { name: apiServiceName(group, version), labels: { [AUTOMANAGED]: managed } },
    spec: { ...(group !== '' && { group }), version, ...priorities },
  };
}
