import {
  Quantity,
  type Disk as ApiDisk,
  type VirtualMachineInstance,
  type Volume,
} from '@virtkit/core-types';
import type { Disk, DiskSource } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import type { MachineFacts } from '../facts.ts';
import { planNoCloudSeed } from './no-cloud.ts';

const buses = ['virtio', 'sata', 'scsi', 'usb'] as const;
const caches = ['none', 'writethrough', 'writeback'] as const;

/** Disks in the order of the instance, each with the source of the volume of its name. */
export function planDisks(instance: VirtualMachineInstance, facts: MachineFacts): Disk[] {
  const { domain, volumes = [] } = instance.spec;
  return (domain.devices.disks ?? []).map((disk, index) => {
    const field = `spec.domain.devices.disks[${index}]`;
    const volume = volumes.find(({ name }) => name === disk.name);
    if (volume === undefined)
      throw new PlanError('invalid-instance', `${field}.name`, `there is no volume ${disk.name}`);
    return planDisk(disk, field, planSource(volume, instance, facts));
  });
}

function planDisk(disk: ApiDisk, field: string, source: DiskSource): Disk {
  if (disk.lun !== undefined)
    throw new PlanError('not-carried', `${field}.lun`, 'LUN devices are not carried');
  const device = disk.cdrom === undefined ? 'disk' : 'cdrom';
  const bus = disk.cdrom?.bus ?? disk.disk?.bus ?? (device === 'cdrom' ? 'sata' : 'virtio');
  return {
    id: disk.name,
    device,
    bus: oneOf(buses, bus, `${field}.${device}.bus`),
    source,
    readOnly: device === 'cdrom' || (disk.disk?.readonly ?? false),
    ...(disk.bootOrder === undefined ? {} : { bootOrder: disk.bootOrder }),
    ...(disk.serial === undefined || disk.serial === '' ? {} : { serial: disk.serial }),
    ...(disk.cache === undefined || disk.cache === ''
      ? {}
      : { cache: oneOf(caches, disk.cache, `${field}.cache`) }),
  };
}

function oneOf<const T extends string>(known: readonly T[], value: string, field: string): T {
  const found = known.find((entry) => entry === value);
  if (found === undefined)
    throw new PlanError('not-carried', field, `${value} is not one of ${known.join(', ')}`);
  return found;
}

function planSource(volume: Volume, instance: VirtualMachineInstance, facts: MachineFacts): DiskSource {
  const field = `spec.volumes[${instance.spec.volumes?.indexOf(volume) ?? 0}]`;
  if (volume.containerDisk !== undefined) {
    const image = facts.images[volume.name];
    if (image === undefined)
      throw new PlanError(
        'missing-fact',
        `${field}.containerDisk`,
        `the image of volume ${volume.name} was not looked up`,
      );
    return { kind: 'ephemeral', path: image.path, format: image.format };
  }
  if (volume.emptyDisk !== undefined)
    return { kind: 'scratch', sizeBytes: Number(Quantity.parse(volume.emptyDisk.capacity).toBytes()) };
  if (volume.cloudInitNoCloud !== undefined) return planNoCloudSeed(volume.cloudInitNoCloud, instance, field);
  const [source = 'nothing'] = Object.keys(volume).filter((key) => key !== 'name');
  throw new PlanError('not-carried', `${field}.${source}`, `volumes of kind ${source} are not carried`);
}
