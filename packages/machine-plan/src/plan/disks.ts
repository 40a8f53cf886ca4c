import type { Disk, VirtualMachineInstance, Volume, VolumeStatus } from '@virtkit/core-types';
import type { Disk as MachineDisk } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import type { MachineFacts } from '../facts.ts';
import { planTransfer } from './disk-transfer.ts';
import { diskBusOf, planTarget } from './disk-target.ts';
import type { IoThreadPlan } from './io-threads.ts';
import { isPluggable } from './pluggable.ts';
import { planSource } from './volumes.ts';

/** Every disk of the VMI that is attached by now, in its order, joined with its volume by name. @throws PlanError */
export function planDisks(
  vmi: VirtualMachineInstance,
  threads: IoThreadPlan,
  facts: MachineFacts,
): MachineDisk[] {
  const statuses = vmi.status?.volumeStatus ?? [];
  const kept = keptTargets(vmi);
  return (vmi.spec.domain.devices.disks ?? []).flatMap((disk, index) => {
    if (!isAttached(disk, vmi.spec, statuses)) return [];
    const planned = planDisk(vmi, disk, index, threads, facts);
    const place = kept.get(disk.name);
    return [{ ...planned, ...(place !== undefined && { target: place }) }];
  });
}

/** One disk, whether it is attached by now or not. @throws PlanError */
export function planDisk(
  vmi: VirtualMachineInstance,
  disk: Disk,
  index: number,
  { ofDisk }: IoThreadPlan,
  facts: MachineFacts,
): MachineDisk {
  const { volumes = [] } = vmi.spec;
  const field = `spec.domain.devices.disks[${index}]`;
  const position = volumes.findIndex(({ name }) => name === disk.name);
  const volume = volumes[position];
  if (volume === undefined && disk.cdrom === undefined)
    throw new PlanError('invalid', `disk ${disk.name} has no volume`, { field: `${field}.name` });
  const target = planTarget(disk, vmi.spec, field);
  const isEmpty = volume === undefined || (disk.cdrom !== undefined && isAwaited(vmi, volume, facts));
  const source: MachineDisk['source'] = isEmpty
    ? { kind: 'empty' }
    : planSource(vmi, disk, volume, `spec.volumes[${position}]`, target, facts);
  const threads = ofDisk.get(disk.name);
  return {
    id: disk.name,
    ...target,
    source,
    ...planTransfer(vmi, disk, target, facts, field),
    ...(disk.bootOrder !== undefined && { bootOrder: disk.bootOrder }),
    ...(disk.serial && { serial: disk.serial }),
    ...(threads !== undefined && { ioThreads: threads }),
    ...(isReadOnly(volume) && { readOnly: true }),
  };
}

/** A drive is there before a medium that is plugged in later. */
function isAwaited({ status }: VirtualMachineInstance, volume: Volume, facts: MachineFacts): boolean {
  const entry = status?.volumeStatus?.find(({ name }) => name === volume.name);
  return (
    (isPluggable(volume) || entry?.hotplugVolume !== undefined) && facts.images[volume.name] === undefined
  );
}

/** Whether a volume cannot be written to, whatever its disk says. */
function isReadOnly(volume: Volume | undefined): boolean {
  return volume?.downwardMetrics !== undefined || volume?.persistentVolumeClaim?.readOnly === true;
}

/**
 * KubeVirt: a disk comes with its volume, once that is listed as part of the instance (while nothing is listed, all are)
 * or was plugged in; a CD-ROM drive may be empty.
 */
function isAttached(
  { name, cdrom }: Disk,
  { volumes = [] }: VirtualMachineInstance['spec'],
  statuses: readonly VolumeStatus[],
): boolean {
  const permanent = statuses.filter(({ hotplugVolume }) => hotplugVolume === undefined);
  const status = statuses.find((one) => one.name === name);
  const volume = volumes.find((one) => one.name === name);
  if (status?.hotplugVolume !== undefined || (volume !== undefined && isPluggable(volume)))
    return cdrom !== undefined || status?.phase === 'MountedToPod' || status?.phase === 'Ready';
  return permanent.length === 0 || status !== undefined || cdrom !== undefined;
}

/**
 * Names that disks had in the guest before and would not get by their order alone, because a disk before them was added
 * or taken away since. In every other case the plan is the same before and after the first start.
 */
function keptTargets({ spec, status }: VirtualMachineInstance): Map<string, string> {
  const given = new Map((status?.volumeStatus ?? []).map(({ name, target }) => [name, target]));
  const next = { vd: 0, sd: 0 };
  const kept = new Map<string, string>();
  for (const disk of spec.domain.devices.disks ?? []) {
    if (!isAttached(disk, spec, status?.volumeStatus ?? [])) continue;
    const prefix = diskBusOf(disk, spec) === 'virtio' ? 'vd' : 'sd';
    const usual = `${prefix}${letters(next[prefix]++)}`;
    const had = given.get(disk.name);
    if (had && had !== usual && had.startsWith(prefix)) kept.set(disk.name, had);
  }
  return kept;
}

/** 0 -> a, 25 -> z, 26 -> aa: how Linux numbers disks. */
function letters(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26));
  return index < 26 ? letter : letters(Math.floor(index / 26) - 1) + letter;
}
