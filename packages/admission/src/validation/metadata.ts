import { annotations, jsonEqual, labels, type ObjectMeta } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../configuration/cluster-configuration.ts';
import { invalid, notSupported } from './finding.ts';
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

/** What the rules for labels and annotations look at. */
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
      const reserved = reservedLabels.filter((label) => metadata.labels?.[label] !== undefined);
      if (reserved.length > 0)
        yield notSupported(`${root}.labels`, `reserved for KubeVirt: ${reserved.join(', ')}`);
    },
  },
  {
    id: 'META-2',
    *check({ metadata, root, configuration }) {
      const isOn = configuration.gates.has('ExperimentalIgnitionSupport');
      if (metadata.annotations?.[annotations.ignitionData] && !isOn)
        yield invalid(`${root}.annotations`, 'feature gate ExperimentalIgnitionSupport is off');
    },
  },
  {
    id: 'META-3',
    *check({ metadata, root, configuration }) {
      if (metadata.annotations?.[annotations.hookSidecars] && !configuration.gates.has('Sidecar'))
        yield invalid(`${root}.annotations`, 'feature gate Sidecar is off');
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
