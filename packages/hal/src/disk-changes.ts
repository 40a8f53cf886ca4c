import { HalError } from './errors.ts';
import type { MachineSpec } from './machine-spec.ts';
import { parseMachineSpec, sameJson } from './parse-machine-spec.ts';
import type { Disk, DiskSource } from './spec/disk.ts';

/** Buses on which a guest notices that a disk comes or goes. */
const hotplugBuses: readonly Disk['bus'][] = ['virtio', 'scsi'];

/** Contents that were there before the machine and stay when the disk leaves it. */
const lasting: readonly DiskSource['kind'][] = ['file', 'block'];

/**
 * The spec of a machine with one more disk: the rules of `HotplugFacet.attachDisk`, for backends.
 *
 * @param backend Name of the backend, as for `parseMachineSpec`.
 * @returns undefined when the very disk is there already; its `target` counts only where both name one.
 * @throws HalError `unsupported` (with the field), `conflict`, `invalid-spec`
 */
export function withDisk(spec: MachineSpec, disk: Disk, backend: string): MachineSpec | undefined {
  const known = spec.disks.find(({ id }) => id === disk.id);
  if (known !== undefined) {
    const target = disk.target ?? known.target;
    if (sameJson({ ...known, target: known.target ?? target }, { ...disk, target })) return undefined;
    throw new HalError('conflict', `machine ${spec.id} has another disk ${disk.id}`, { field: '/id' });
  }
  if (spec.diskHotplug !== true)
    throw new HalError('unsupported', `machine ${spec.id} was not made for disks that come later`, {
      field: '/diskHotplug',
    });
  requirePluggable(disk);
  return parseMachineSpec({ ...spec, disks: [...spec.disks, disk] }, backend);
}

/**
 * The spec of a machine without a disk: the rules of `HotplugFacet.detachDisk`, for backends.
 * @returns undefined when there is no such disk.
 * @throws HalError `unsupported` (with the field) for a disk that cannot leave
 */
export function withoutDisk(spec: MachineSpec, id: string): MachineSpec | undefined {
  const disk = spec.disks.find((one) => one.id === id);
  if (disk === undefined) return undefined;
  requirePluggable(disk);
  return { ...spec, disks: spec.disks.filter((one) => one !== disk) };
}

/**
 * The spec of a machine with another medium in a CD-ROM drive: the rules of `HotplugFacet.changeMedium`, for backends.
 * @returns undefined when the medium is in the drive already.
 * @throws HalError `not-found`, `unsupported` (with the field)
 */
export function withMedium(spec: MachineSpec, id: string, medium: DiskSource): MachineSpec | undefined {
  const index = spec.disks.findIndex((disk) => disk.id === id);
  const drive = spec.disks[index];
  if (drive === undefined) throw new HalError('not-found', `machine ${spec.id} has no disk ${id}`);
  if (drive.device !== 'cdrom')
    throw new HalError('unsupported', `disk ${id} is no CD-ROM drive`, { field: `/disks/${index}/device` });
  for (const { kind } of [drive.source, medium])
    if (kind !== 'empty' && !lasting.includes(kind))
      throw new HalError('unsupported', `a medium of kind ${kind} is not changed while the machine runs`, {
        field: `/disks/${index}/source`,
      });
  if (sameJson(drive.source, medium)) return undefined;
  return { ...spec, disks: spec.disks.with(index, { ...drive, source: medium }) };
}

function requirePluggable({ id, bus, device, source }: Disk): void {
  if (device === 'cdrom')
    throw new HalError('unsupported', `CD-ROM drive ${id} is there from the start; only its medium changes`, {
      field: '/device',
    });
  if (!hotplugBuses.includes(bus))
    throw new HalError('unsupported', `disk ${id} is on bus ${bus}, which is fixed while a machine runs`, {
      field: '/bus',
    });
  if (!lasting.includes(source.kind))
    throw new HalError('unsupported', `disk ${id} of kind ${source.kind} is made with the machine`, {
      field: '/source',
    });
}
