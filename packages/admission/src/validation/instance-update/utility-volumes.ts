import { UtilityVolumeSchema } from '@virtkit/core-types';
import { duplicate, invalid, required } from '../finding.ts';
import { semanticallyEqual } from '../semantic-equality.ts';
import type { InstanceUpdateRule } from './subject.ts';

const root = 'spec.utilityVolumes';

/** Claims that the launcher gets beside the guest's volumes. */
export const utilityVolumeRules: readonly InstanceUpdateRule[] = [
  {
    id: 'HP-03',
    *check({ after, configuration }) {
      if ((after.spec.utilityVolumes ?? []).length > 0 && !configuration.gates.has('UtilityVolumes'))
        yield invalid(root, 'the feature gate UtilityVolumes is off');
    },
  },
  {
    id: 'HP-04',
    *check({ after }) {
      for (const [index, { name }] of (after.spec.utilityVolumes ?? []).entries())
        if (name === '') yield required(`${root}[${index}].name`, 'a utility volume has a name');
    },
  },
  {
    id: 'HP-05',
    *check({ after: { spec } }) {
      const volumes = spec.utilityVolumes ?? [];
      for (const [index, { name }] of volumes.entries())
        if (volumes.findIndex((other) => other.name === name) < index)
          yield duplicate(`${root}[${index}].name`, `there is another utility volume "${name}"`);
    },
  },
  {
    id: 'HP-06',
    *check({ after: { spec } }) {
      for (const [index, { name }] of (spec.utilityVolumes ?? []).entries())
        if ((spec.volumes ?? []).some((volume) => volume.name === name))
          yield duplicate(`${root}[${index}].name`, `there is a volume "${name}"`);
    },
  },
  {
    id: 'HP-07',
    *check({ after }) {
      for (const [index, { claimName }] of (after.spec.utilityVolumes ?? []).entries())
        if (claimName === '') yield required(`${root}[${index}].claimName`, 'a claim must be named');
    },
  },
  {
    id: 'HP-08',
    *check({ before, after }) {
      const permanent = new Set(
        (before.status?.volumeStatus ?? [])
          .filter(({ hotplugVolume }) => hotplugVolume === undefined)
          .map(({ name }) => name),
      );
      for (const { name } of after.spec.utilityVolumes ?? [])
        if (permanent.has(name))
          yield invalid(undefined, `"${name}" is a volume that the machine began with`);
    },
  },
  {
    id: 'HP-09',
    *check({ before, after }) {
      for (const volume of after.spec.utilityVolumes ?? []) {
        const present = before.spec.utilityVolumes?.find(({ name }) => name === volume.name);
        if (present !== undefined && !semanticallyEqual(UtilityVolumeSchema, present, volume))
          yield invalid(undefined, `utility volume "${volume.name}" can be removed, but not changed`);
      }
    },
  },
];
