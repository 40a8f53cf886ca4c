import type { Volume } from '@virtkit/core-types';
import { invalid, required } from '../../finding.ts';
import type { VolumeRule } from './place.ts';

const sources = [
  'persistentVolumeClaim',
  'sysprep',
  'cloudInitNoCloud',
  'cloudInitConfigDrive',
  'containerDisk',
  'ephemeral',
  'emptyDisk',
  'hostDisk',
  'dataVolume',
  'configMap',
  'secret',
  'downwardAPI',
  'serviceAccount',
  'downwardMetrics',
  'memoryDump',
  'containerPath',
] as const satisfies readonly (keyof Volume)[];

/** The name of a volume and what it is made from. */
export const volumeSourceRules: readonly VolumeRule[] = [
  {
    id: 'VOL-01',
    *check({ volume: { name }, field, isNameTaken }) {
      if (isNameTaken) yield invalid(`${field}.name`, `there is another volume "${name}"`);
    },
  },
  {
    id: 'VOL-02',
    *check({ volume: { dataVolume }, field }) {
      // KubeVirt reports the name of the volume.
      if (dataVolume?.name === '') yield required(`${field}.name`, 'a DataVolume must be named');
    },
  },
  {
    id: 'VOL-03',
    *check({ volume, field }) {
      const count = sources.filter((source) => volume[source] !== undefined).length;
      if (count !== 1) yield invalid(field, `a volume has exactly one source, not ${count}`);
    },
  },
];
