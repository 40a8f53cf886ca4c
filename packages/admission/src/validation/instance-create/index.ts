import type { ObjectMeta, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import type { Finding } from '../finding.ts';
import { diskFindings } from '../instance/disk/index.ts';
import { instanceFindings } from '../instance/index.ts';
import { networkFindings } from '../instance/network/index.ts';
import type { InstanceSubject } from '../instance/subject.ts';
import { containerDiskPathRule, utilityVolumesRule } from '../instance/volume/index.ts';
import { metadataRules } from '../metadata.ts';
import { applyRules } from '../rule.ts';
import { architectureRules } from './architecture.ts';
import { graceAnnotationRules } from './grace-annotations.ts';
import { hypervRules } from './hyperv.ts';
import { memoryGivenRule } from './memory.ts';
import { volumeUseFindings } from './volume-use.ts';
import { discontinuedGateRules, networkCreateRules } from './withdrawn-bindings.ts';

/** A new instance, with its defaults. */
export interface InstanceCreation {
  readonly metadata: Pick<ObjectMeta, 'labels' | 'annotations'>;
  readonly spec: VirtualMachineInstanceSpec;
  /** Whether one of KubeVirt's components creates it. */
  readonly trusted: boolean;
  readonly configuration: ClusterConfiguration;
}

/**
 * Findings of a new instance that fits its schema, in the order in which KubeVirt has them. Networks, disks and some rules for
 * volumes are judged before the spec as a whole, which judges them again: KubeVirt tells those causes twice, and counts both.
 */
export function instanceCreateFindings({
  metadata,
  spec,
  trusted,
  configuration,
}: InstanceCreation): Finding[] {
  const subject: InstanceSubject = { spec, root: 'spec', configuration };
  const root = 'metadata';
  return [
    ...applyRules([...discontinuedGateRules, ...networkCreateRules], subject),
    ...networkFindings(subject),
    ...applyRules([containerDiskPathRule, utilityVolumesRule], subject),
    ...diskFindings(spec.domain.devices.disks ?? [], 'spec.domain.devices.disks'),
    ...instanceFindings(subject),
    ...volumeUseFindings(subject),
    ...applyRules([memoryGivenRule], subject),
    ...applyRules(metadataRules, { metadata, root, trusted, configuration }),
    ...applyRules(graceAnnotationRules, { metadata, root, spec, configuration }),
    ...applyRules([...hypervRules, ...architectureRules], subject),
  ];
}
