import { Quantity } from '@virtkit/core-types';
import { invalid, notFound } from '../../finding.ts';
import type { VolumeRule } from './place.ts';

const hostDiskTypes = ['Disk', 'DiskOrCreate'];

/** What a volume takes from the node, and from objects of its namespace. */
export const hostVolumeRules: readonly VolumeRule[] = [
  {
    id: 'VOL-11',
    *check({ volume: { downwardMetrics }, field, configuration }) {
      if (downwardMetrics !== undefined && !configuration.gates.has('DownwardMetrics'))
        yield invalid(field, 'feature gate DownwardMetrics is off');
    },
  },
  {
    id: 'VOL-12',
    *check({ volume: { hostDisk }, field, configuration }) {
      if (hostDisk !== undefined && !configuration.gates.has('HostDisk'))
        yield invalid(field, 'feature gate HostDisk is off');
    },
  },
  {
    id: 'VOL-13',
    *check({ volume: { hostDisk }, field }) {
      if (hostDisk?.path === '') yield notFound(`${field}.hostDisk.path`, 'a path of the node must be given');
    },
  },
  {
    id: 'VOL-14',
    *check({ volume: { hostDisk }, field }) {
      if (hostDisk !== undefined && !hostDiskTypes.includes(hostDisk.type))
        yield invalid(
          `${field}.hostDisk.type`,
          `"${hostDisk.type}" is not one of ${hostDiskTypes.join(', ')}`,
        );
    },
  },
  {
    id: 'VOL-15',
    *check({ volume: { hostDisk }, field }) {
      if (hostDisk?.type === 'Disk' && !Quantity.parse(hostDisk.capacity ?? 0).isZero())
        yield invalid(`${field}.hostDisk.capacity`, 'a disk that exists has the capacity that it has');
    },
  },
  {
    id: 'VOL-16',
    *check({ volume: { configMap }, field }) {
      if (configMap !== undefined && !configMap.name)
        yield invalid(`${field}.configMap.name`, 'a ConfigMap must be named');
    },
  },
  {
    id: 'VOL-17',
    *check({ volume: { secret }, field }) {
      if (secret !== undefined && !secret.secretName)
        yield invalid(`${field}.secret.secretName`, 'a Secret must be named');
    },
  },
  {
    id: 'VOL-18',
    *check({ volume: { serviceAccount }, field }) {
      if (serviceAccount !== undefined && !serviceAccount.serviceAccountName)
        yield invalid(`${field}.serviceAccount.serviceAccountName`, 'a service account must be named');
    },
  },
];
