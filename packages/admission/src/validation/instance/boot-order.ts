import type { Disk, Interface, Volume } from '@virtkit/core-types';
import { invalid, required, type Finding } from '../finding.ts';
import { applyToEach, type Rule } from '../rule.ts';
import type { InstanceSubject } from './subject.ts';

interface DiskPlace {
  readonly disk: Disk;
  /** `spec.domain.devices.disks[0]`. */
  readonly field: string;
  /** The volume of the same name; the last one, where several have it. */
  readonly volume: Volume | undefined;
  /** Whether an earlier disk has the same place in the boot order. */
  readonly isPlaceTaken: boolean;
  readonly isEmptyDriveAllowed: boolean;
}

const diskRules: readonly Rule<DiskPlace>[] = [
  {
    id: 'BOOT-1',
    *check({ disk: { name, cdrom }, field, volume }) {
      if (volume === undefined && cdrom === undefined)
        yield invalid(`${field}.name`, `there is no volume "${name}"`);
    },
  },
  {
    id: 'BOOT-2',
    *check({ disk: { name, cdrom }, field, volume, isEmptyDriveAllowed }) {
      if (volume === undefined && cdrom !== undefined && !isEmptyDriveAllowed)
        yield invalid(
          `${field}.name`,
          `there is no volume "${name}"; for empty CD-ROM drives the feature gate DeclarativeHotplugVolumes must be on`,
        );
    },
  },
  {
    id: 'BOOT-3',
    *check({ disk: { lun }, field, volume }) {
      const isClaim = volume?.persistentVolumeClaim !== undefined || volume?.dataVolume !== undefined;
      if (lun !== undefined && volume !== undefined && !isClaim)
        yield invalid(`${field}.lun`, 'only a PersistentVolumeClaim or a DataVolume can be a LUN');
    },
  },
  {
    id: 'BOOT-4',
    *check({ disk: { disk }, field, volume }) {
      if (volume?.downwardMetrics !== undefined && disk === undefined)
        yield required(`${field}.disk`, 'downward metrics are presented as a disk');
    },
  },
  {
    id: 'BOOT-5',
    *check({ disk: { disk }, field, volume }) {
      const bus = disk?.bus ?? '';
      if (volume?.downwardMetrics !== undefined && bus !== '' && bus !== 'virtio')
        yield invalid(`${field}.disk.bus`, 'downward metrics are on the virtio bus only');
    },
  },
  {
    id: 'BOOT-6',
    *check({ disk: { bootOrder }, field, isPlaceTaken }) {
      if (isPlaceTaken) yield invalid(`${field}.bootOrder`, `place ${bootOrder} of the boot order is taken`);
    },
  },
];

interface InterfacePlace {
  readonly nic: Interface;
  /** `spec.domain.devices.interfaces[0]`. */
  readonly field: string;
  /** Where KubeVirt reports a place below 1: the index stands at the spec. */
  readonly placeField: string;
  /** Whether a disk or an earlier interface has the same place in the boot order. */
  readonly isPlaceTaken: boolean;
}

const interfaceRules: readonly Rule<InterfacePlace>[] = [
  {
    id: 'BOOT-7',
    *check({ nic: { bootOrder }, placeField }) {
      if (bootOrder !== undefined && bootOrder < 1) yield invalid(placeField, 'the boot order starts at 1');
    },
  },
  {
    id: 'BOOT-8',
    *check({ nic: { bootOrder }, field, isPlaceTaken }) {
      if (isPlaceTaken) yield invalid(`${field}.bootOrder`, `place ${bootOrder} of the boot order is taken`);
    },
  },
];

/** Disks with their volumes, and the order in which disks and interfaces are tried (KubeVirt rules BOOT-1 to BOOT-8). */
export function bootFindings({ spec, root, configuration }: InstanceSubject): Finding[] {
  const { disks = [], interfaces = [] } = spec.domain.devices;
  const volumes = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]));
  const taken = new Set<number>();
  /** Takes a place in the boot order; says whether it was taken before. */
  const take = (bootOrder: number | undefined): boolean => {
    if (bootOrder === undefined) return false;
    const isTaken = taken.has(bootOrder);
    taken.add(bootOrder);
    return isTaken;
  };
  const diskPlaces = disks.map((disk, index): DiskPlace => ({
    disk,
    field: `${root}.domain.devices.disks[${index}]`,
    volume: volumes.get(disk.name),
    isPlaceTaken: take(disk.bootOrder),
    isEmptyDriveAllowed: configuration.gates.has('DeclarativeHotplugVolumes'),
  }));
  const interfacePlaces = interfaces.map((nic, index): InterfacePlace => ({
    nic,
    field: `${root}.domain.devices.interfaces[${index}]`,
    placeField: `${root}[${index}].bootOrder`,
    isPlaceTaken: take(nic.bootOrder),
  }));
  return [...applyToEach(diskRules, diskPlaces), ...applyToEach(interfaceRules, interfacePlaces)];
}
