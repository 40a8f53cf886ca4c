import { Quantity, type Disk, type VirtualMachineInstance, type Volume } from '@virtkit/core-types';
import type { Disk as MachineDisk, DiskSource } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import type { MachineFacts } from '../facts.ts';
import { planSeed } from './cloud-init.ts';

/** Every disk of the VMI, in its order, joined with its volume by name. @throws PlanError */
export function planDisks(vmi: VirtualMachineInstance, facts: MachineFacts): MachineDisk[] {
  const { domain, volumes = [] } = vmi.spec;
  return (domain.devices.disks ?? []).map((disk, index) => {
    const field = `spec.domain.devices.disks[${index}]`;
    const position = volumes.findIndex(({ name }) => name === disk.name);
    const volume = volumes[position];
    if (volume === undefined)
      throw new PlanError('invalid', `disk ${disk.name} has no volume`, { field: `${field}.name` });
    const target = planTarget(disk, vmi.spec.architecture, field);
    return {
      id: disk.name,
      ...target,
      source: planSource(vmi, volume, `spec.volumes[${position}]`, target.readOnly, facts),
      ...(disk.bootOrder !== undefined && { bootOrder: disk.bootOrder }),
      ...(disk.serial && { serial: disk.serial }),
      ...(disk.cache && { cache: cacheMode(disk.cache, `${field}.cache`) }),
    };
  });
}

type Target = Pick<MachineDisk, 'device' | 'bus' | 'readOnly'>;

function planTarget(disk: Disk, architecture: string | undefined, field: string): Target {
  if (disk.lun !== undefined)
    throw new PlanError('unsupported', 'LUN pass-through is not offered', { field: `${field}.lun` });
  const preferred = architecture === 'arm64' || architecture === 's390x' ? 'virtio' : 'sata';
  if (disk.cdrom !== undefined) {
    const bus = diskBus(disk.cdrom.bus || preferred, `${field}.cdrom.bus`);
    return { device: 'cdrom', bus, readOnly: disk.cdrom.readonly ?? true };
  }
  const bus = diskBus(disk.disk?.bus || preferred, `${field}.disk.bus`);
  return { device: 'disk', bus, readOnly: disk.disk?.readonly ?? false };
}

const buses = ['virtio', 'sata', 'scsi', 'usb'] as const;
const caches = ['none', 'writethrough', 'writeback'] as const;

function diskBus(bus: string, field: string): MachineDisk['bus'] {
  const known = buses.find((candidate) => candidate === bus);
  if (known !== undefined) return known;
  throw new PlanError('unsupported', `there is no disk bus ${bus}`, { field });
}

function cacheMode(cache: string, field: string): MachineDisk['cache'] {
  const known = caches.find((candidate) => candidate === cache);
  if (known !== undefined) return known;
  throw new PlanError('unsupported', `there is no cache mode ${cache}`, { field });
}

function planSource(
  vmi: VirtualMachineInstance,
  volume: Volume,
  field: string,
  readOnly: boolean,
  facts: MachineFacts,
): DiskSource {
  if (volume.containerDisk !== undefined) {
    const fact = facts.images[volume.name];
    if (fact === undefined)
      throw new PlanError('missing-fact', `the image of volume ${volume.name} was not looked up`, {
        field,
      });
    // What the guest cannot write to needs no overlay.
    return { kind: readOnly ? 'file' : 'ephemeral', path: fact.path, format: fact.format };
  }
  if (volume.cloudInitNoCloud !== undefined)
    return planSeed(vmi, volume.cloudInitNoCloud, `${field}.cloudInitNoCloud`);
  if (volume.emptyDisk !== undefined)
    return { kind: 'scratch', sizeBytes: Number(Quantity.parse(volume.emptyDisk.capacity).toBytes()) };
  throw new PlanError('unsupported', `the source of volume ${volume.name} is not offered`, { field });
}
