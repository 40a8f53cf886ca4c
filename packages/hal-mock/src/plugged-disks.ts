import { HalError, withDisk, withoutDisk, type Disk, type MachineSpec, type Observed } from '@virtkit/hal';
import { mockName } from './name.ts';
import { diskTargets } from './disk-targets.ts';

/** Disks of a machine beside those of its spec. */
export interface DiskRecord {
  /** Names that the disks of the present run have in the guest, by disk. */
  targets: Record<string, string>;
  /** Disks that the guest was asked to let go and still has. */
  leaving: Disk[];
}

/** Whether this very disk is there already. @throws HalError as `HotplugFacet.attachDisk` for what cannot be. */
export function isAttached(spec: MachineSpec, disks: DiskRecord, disk: Disk): boolean {
  if (disks.leaving.some(({ id }) => id === disk.id))
    throw new HalError('conflict', `the guest has not let go of disk ${disk.id} yet`, {
      field: '/id',
      retry: 'backoff',
    });
  if (withDisk(spec, disk, mockName) === undefined) return true;
  if (disk.bus === 'virtio' && spec.pci?.placement.kind === 'root-complex')
    throw new HalError('insufficient-resources', 'devices on the PCI root complex cannot be added to');
  return false;
}

/** Spec and names with the disk, which must be new. */
export function attach(
  spec: MachineSpec,
  { targets, leaving }: DiskRecord,
  disk: Disk,
): { spec: MachineSpec; disks: DiskRecord } {
  const target = disk.target ?? freeTarget(disk, Object.values(targets));
  const changed = withDisk(spec, { ...disk, target }, mockName) ?? spec;
  return { spec: changed, disks: { targets: { ...targets, [disk.id]: target }, leaving } };
}

/** Spec and names after the guest was asked to let a disk go; undefined when the spec has no such disk. */
export function release(
  spec: MachineSpec,
  { targets, leaving }: DiskRecord,
  id: string,
): { spec: MachineSpec; disks: DiskRecord } | undefined {
  const changed = withoutDisk(spec, id);
  const disk = spec.disks.find((one) => one.id === id);
  if (changed === undefined || disk === undefined) return undefined;
  return { spec: changed, disks: { targets, leaving: [...leaving, disk] } };
}

/** The record once the guest has let a disk go. */
export function letGo({ targets, leaving }: DiskRecord, id: string): DiskRecord {
  const { [id]: _gone, ...rest } = targets;
  return { targets: rest, leaving: leaving.filter((disk) => disk.id !== id) };
}

/** What the guest has, in the order of the spec, then what is leaving. */
export function observedDisks(spec: MachineSpec, { targets, leaving }: DiskRecord): Observed['disks'] {
  const named = (disks: readonly Disk[]): Disk[] =>
    disks.map((disk) => ({ ...disk, target: targets[disk.id] ?? disk.target }));
  return [
    ...diskTargets(named(spec.disks)),
    ...diskTargets(named(leaving)).map((disk) => ({ ...disk, leaving: true as const })),
  ];
}

/** The names that a machine's disks get at its start. */
export function initialDisks(spec: MachineSpec): DiskRecord {
  const names = diskTargets(spec.disks).map(({ id, target }) => [id, target] as const);
  return { targets: Object.fromEntries(names), leaving: [] };
}

function freeTarget({ id, bus }: Disk, used: readonly string[]): string {
  const taken = used.map((target, index): Disk => ({ ...blank(bus), id: `${id}.${index}`, target }));
  return diskTargets([...taken, { ...blank(bus), id }]).at(-1)?.target ?? '';
}

const blank = (bus: Disk['bus']): Disk => ({
  id: '',
  device: 'disk',
  bus,
  source: { kind: 'empty' },
  readOnly: false,
});
