import { invalid } from '../finding.ts';
import type { InstanceRule } from './subject.ts';

/** Disks with their volumes, and the order in which devices are tried. */
export const bootRules: readonly InstanceRule[] = [
  {
    id: 'BOOT-1',
    *check({ spec, root }) {
      const volumes = new Set((spec.volumes ?? []).map(({ name }) => name));
      for (const [index, { name, cdrom }] of (spec.domain.devices.disks ?? []).entries())
        if (!volumes.has(name) && cdrom === undefined)
          yield invalid(`${root}.domain.devices.disks[${index}].name`, `there is no volume "${name}"`);
    },
  },
  {
    // KubeVirt accepts empty CD-ROM drives for later hotplug, which is not carried.
    id: 'BOOT-2',
    *check({ spec, root }) {
      const volumes = new Set((spec.volumes ?? []).map(({ name }) => name));
      for (const [index, { name, cdrom }] of (spec.domain.devices.disks ?? []).entries())
        if (!volumes.has(name) && cdrom !== undefined)
          yield invalid(
            `${root}.domain.devices.disks[${index}].name`,
            `there is no volume "${name}"; empty CD-ROM drives are not carried`,
          );
    },
  },
  {
    id: 'BOOT-6',
    *check({ spec, root }) {
      const taken = new Set<number>();
      for (const [index, { bootOrder }] of (spec.domain.devices.disks ?? []).entries()) {
        if (bootOrder === undefined) continue;
        if (taken.has(bootOrder))
          yield invalid(
            `${root}.domain.devices.disks[${index}].bootOrder`,
            `place ${bootOrder} of the boot order is taken`,
          );
        taken.add(bootOrder);
      }
    },
  },
  {
    id: 'BOOT-7',
    *check({ spec, root }) {
      for (const [index, { bootOrder }] of (spec.domain.devices.interfaces ?? []).entries())
        if (bootOrder !== undefined && bootOrder < 1)
          yield invalid(
            `${root}.domain.devices.interfaces[${index}].bootOrder`,
            'the boot order starts at 1',
          );
    },
  },
  {
    id: 'BOOT-8',
    *check({ spec, root }) {
      const taken = new Set((spec.domain.devices.disks ?? []).map(({ bootOrder }) => bootOrder));
      for (const [index, { bootOrder }] of (spec.domain.devices.interfaces ?? []).entries()) {
        if (bootOrder === undefined) continue;
        if (taken.has(bootOrder))
          yield invalid(
            `${root}.domain.devices.interfaces[${index}].bootOrder`,
            `place ${bootOrder} of the boot order is taken`,
          );
        taken.add(bootOrder);
      }
    },
  },
];
