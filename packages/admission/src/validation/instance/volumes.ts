import type { Volume } from '@virtkit/core-types';
import { invalid, required, type Objection } from '../finding.ts';
import { isCleanAbsolutePath } from '../formats.ts';
import type { InstanceRule } from './subject.ts';

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

/** A rule that looks at each volume by itself. */
export function perVolume(
  id: string,
  check: (volume: Volume, field: string, index: number, all: readonly Volume[]) => Iterable<Objection>,
): InstanceRule {
  return {
    id,
    *check({ spec: { volumes = [] }, root }) {
      for (const [index, volume] of volumes.entries())
        yield* check(volume, `${root}.volumes[${index}]`, index, volumes);
    },
  };
}

/** Volumes, one by one. */
export const volumeRules: readonly InstanceRule[] = [
  perVolume('VOL-01', function* ({ name }, field, index, all) {
    if (all.findIndex((other) => other.name === name) < index)
      yield invalid(`${field}.name`, `there is another volume "${name}"`);
  }),
  perVolume('VOL-02', function* ({ dataVolume }, field) {
    if (dataVolume?.name === '') yield required(`${field}.dataVolume.name`, 'a DataVolume must be named');
  }),
  perVolume('VOL-03', function* (volume, field) {
    const count = sources.filter((source) => volume[source] !== undefined).length;
    if (count !== 1) yield invalid(field, `a volume has exactly one source, not ${count}`);
  }),
  perVolume('VOL-22', function* ({ containerDisk }, field) {
    const path = containerDisk?.path ?? '';
    if (path !== '' && !isCleanAbsolutePath(path))
      yield invalid(`${field}.containerDisk.path`, `"${path}" is not an absolute path of a file`);
  }),
  perVolume('VK-VOL-IMAGE', function* ({ containerDisk }, field) {
    if (containerDisk?.image === '') yield required(`${field}.containerDisk.image`, 'an image must be named');
  }),
];
