import type { VirtualMachineInstance } from '@virtkit/core-types';
import { DiskSchema, type Disk, type DiskSource, type MachineSpec, type Observed } from '@virtkit/hal';
import type { MachineFacts } from './facts.ts';
import { planDisk } from './plan/disks.ts';
import { planIoThreads } from './plan/io-threads.ts';
import { isPluggable } from './plan/pluggable.ts';

/** One call of the `hotplug` facet. */
export type DiskChange =
  | { readonly kind: 'attach'; readonly disk: Disk }
  | { readonly kind: 'detach'; readonly id: string }
  | { readonly kind: 'change-medium'; readonly id: string; readonly medium: DiskSource };

/** What the plan of a running machine's disks starts from. */
export interface HotplugInput {
  readonly instance: VirtualMachineInstance;
  /** The machine as it is defined by now. */
  readonly present: MachineSpec;
  readonly observed: Pick<Observed, 'disks'>;
  /** Of the volumes that can be plugged, `images` has those whose files are there. */
  readonly facts: MachineFacts;
}

/**
 * What brings the disks of a running machine in line with its instance. Only disks of volumes that can be plugged come; those that
 * the instance no longer has go, and a guest that has not let one go is asked again.
 * @throws PlanError for a disk that cannot be planned
 */
export function planHotplug(input: HotplugInput): DiskChange[] {
  return [...departures(input), ...media(input), ...arrivals(input)];
}

function departures({ instance, present, observed }: HotplugInput): DiskChange[] {
  const wanted = new Set((instance.spec.domain.devices.disks ?? []).map(({ name }) => name));
  const unwanted = present.disks.filter(({ id, device }) => device !== 'cdrom' && !wanted.has(id));
  const leaving = observed.disks.filter((disk) => disk.leaving === true);
  const ids = new Set([...unwanted, ...leaving].map(({ id }) => id));
  return Array.from(ids, (id) => ({ kind: 'detach', id }));
}

/** Drives stay; their media follow the volumes of their name. */
function media(input: HotplugInput): DiskChange[] {
  const { instance, present, observed } = input;
  return pluggedDisks(input).flatMap((planned): DiskChange[] => {
    const drive = present.disks.find(({ id }) => id === planned.id);
    if (planned.device !== 'cdrom' || drive === undefined || sameSource(drive.source, planned.source))
      return [];
    const volume = instance.spec.volumes?.find(({ name }) => name === planned.id);
    // A medium that is wanted is exchanged by taking its volume away first; nobody looks at a file that a guest uses.
    const loaded = observed.disks.some(({ id, empty }) => id === planned.id && empty !== true);
    if (volume !== undefined && loaded) return [];
    return [{ kind: 'change-medium', id: planned.id, medium: planned.source }];
  });
}

function arrivals(input: HotplugInput): DiskChange[] {
  const { present, observed } = input;
  const there = new Set([
    ...present.disks.map(({ id }) => id),
    ...observed.disks.filter(({ leaving }) => leaving === true).map(({ id }) => id),
  ]);
  return pluggedDisks(input)
    .filter(({ id, device }) => device !== 'cdrom' && !there.has(id))
    .map((disk) => ({ kind: 'attach', disk }));
}

/** Disks of volumes whose files are there, and drives that may be empty. */
function pluggedDisks({ instance, facts }: HotplugInput): Disk[] {
  const { spec } = instance;
  const threads = planIoThreads(spec);
  return (spec.domain.devices.disks ?? []).flatMap((disk, index) => {
    const volume = spec.volumes?.find(({ name }) => name === disk.name);
    const plugged = volume !== undefined && isPluggable(volume) && facts.images[disk.name] !== undefined;
    const drive = disk.cdrom !== undefined && (volume === undefined || isPluggable(volume));
    return plugged || drive ? [DiskSchema.parse(planDisk(instance, disk, index, threads, facts))] : [];
  });
}

const sameSource = (a: DiskSource, b: DiskSource): boolean => JSON.stringify(a) === JSON.stringify(b);
