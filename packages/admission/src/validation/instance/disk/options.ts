import { diskErrorPolicies } from '@virtkit/core-types';
import { invalid, notSupported } from '../../finding.ts';
import { labelFaults } from '../../formats.ts';
import type { DiskRule } from './place.ts';

const longestSerial = 256;
const caches = ['', 'none', 'writethrough', 'writeback'];
const ioModes = ['', 'native', 'threads'];
const errorPolicies: readonly string[] = diskErrorPolicies;

/** Serial number, caching, and what happens when the host cannot read or write. */
export const diskOptionRules: readonly DiskRule[] = [
  {
    id: 'DSK-11',
    *check({ disk: { serial = '' }, field }) {
      if (serial !== '' && !/^[A-Za-z0-9_.+-]+$/.test(serial))
        yield invalid(`${field}.serial`, 'a serial number has letters, digits and _ . + - only');
    },
  },
  {
    id: 'DSK-12',
    *check({ disk: { serial = '' }, field }) {
      if (Array.from(serial).length > longestSerial)
        yield invalid(`${field}.serial`, `a serial number has ${longestSerial} characters at most`);
    },
  },
  {
    id: 'DSK-13',
    *check({ disk: { cache = '' }, field }) {
      if (!caches.includes(cache))
        yield invalid(`${field}.cache`, `cache mode "${cache}" is not one of ${caches.slice(1).join(', ')}`);
    },
  },
  {
    id: 'DSK-14',
    *check({ disk: { io = '' }, list, index }) {
      if (!ioModes.includes(io))
        yield notSupported(
          `${list}.domain.devices.disks[${index}].io`,
          `I/O mode "${io}" is not one of ${ioModes.slice(1).join(', ')}`,
        );
    },
  },
  {
    id: 'DSK-15',
    *check({ disk: { errorPolicy }, field }) {
      if (errorPolicy !== undefined && !errorPolicies.includes(errorPolicy))
        yield invalid(
          `${field}.errorPolicy`,
          `error policy "${errorPolicy}" is not one of ${errorPolicies.join(', ')}`,
        );
    },
  },
  {
    id: 'DSK-16',
    *check({ disk: { name }, list, index }) {
      for (const fault of labelFaults(name))
        yield invalid(`${list}.domain.devices.disks[${index}].name`, fault);
    },
  },
];
