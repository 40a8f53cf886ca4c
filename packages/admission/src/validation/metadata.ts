import { annotations, jsonEqual, labels, type ObjectMeta } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../configuration/cluster-configuration.ts';
import { notSupported } from './finding.ts';
import type { Rule } from './rule.ts';

/** Labels that only KubeVirt's components may write. */
const reservedLabels: readonly string[] = [
  labels.createdBy,
  labels.migrationJobUID,
  labels.nodeName,
  labels.migrationTargetNodeName,
  labels.schedulable,
  labels.installStrategy,
];

export interface MetadataSubject {
  readonly metadata: Pick<ObjectMeta, 'labels' | 'annotations'>;
  /** Path of the metadata in its object. */
  readonly root: string;
  readonly trusted: boolean;
  readonly configuration: ClusterConfiguration;
}

/** Labels and annotations of an instance, or of a virtual machine's template. */
export const metadataRules: readonly Rule<MetadataSubject>[] = [
  {
    id: 'META-1',
    *check({ metadata, root, trusted }) {
      if (trusted) return;
      for (const label of reservedLabels)
        if (metadata.labels?.[label] !== undefined)
          yield notSupported(`${root}.labels`, `label ${label} is reserved for KubeVirt`);
    },
  },
  {
    id: 'META-2',
    *check({ metadata, root }) {
      if (metadata.annotations?.[annotations.ignitionData])
        yield notSupported(`${root}.annotations`, 'Ignition data is not carried');
    },
  },
  {
    id: 'META-3',
    *check({ metadata, root }) {
      if (metadata.annotations?.[annotations.hookSidecars])
        yield notSupported(`${root}.annotations`, 'hook sidecars are not carried');
    },
  },
  {
    id: 'VK-HYPERVISOR',
    *check({ metadata, root, configuration: { hypervisors } }) {
      const wanted = metadata.annotations?.[annotations.hypervisor];
      if (wanted !== undefined && hypervisors?.includes(wanted) === false)
        yield notSupported(
          `${root}.annotations[${annotations.hypervisor}]`,
          `hypervisor "${wanted}" is not one of ${hypervisors.join(', ')}`,
        );
    },
  },
];

/** Whether the reserved labels differ. */
export function reservedLabelsDiffer(before: ObjectMeta, after: ObjectMeta): boolean {
  return reservedLabels.some((label) => !jsonEqual(before.labels?.[label], after.labels?.[label]));
}
