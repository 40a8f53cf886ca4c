import type { Volume } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../../configuration/cluster-configuration.ts';
import type { Rule } from '../../rule.ts';
import type { InstanceSubject } from '../subject.ts';

/** A volume in its list. */
export interface VolumePlace {
  readonly volume: Volume;
  /** `spec.volumes[0]`. */
  readonly field: string;
  /** Whether an earlier volume has the same name. */
  readonly isNameTaken: boolean;
  readonly configuration: ClusterConfiguration;
}

export type VolumeRule = Rule<VolumePlace>;

/** The volumes of a spec, one by one. */
export function volumePlaces({
  spec: { volumes = [] },
  root,
  configuration,
}: InstanceSubject): VolumePlace[] {
  const seen = new Set<string>();
  return volumes.map((volume, index) => {
    const isNameTaken = seen.has(volume.name);
    seen.add(volume.name);
    return { volume, field: `${root}.volumes[${index}]`, isNameTaken, configuration };
  });
}
