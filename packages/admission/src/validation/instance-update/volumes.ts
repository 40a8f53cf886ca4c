import { DiskSchema, VolumeSchema, type Disk, type Volume } from '@virtkit/core-types';
import { invalid, type Objection } from '../finding.ts';
import { semanticallyEqual } from '../semantic-equality.ts';
import { hotplugDiskFindings } from './hotplug-disk.ts';
import type { InstanceUpdate, InstanceUpdateRule } from './subject.ts';

/** The volumes of an instance before and after a change. */
interface Storage {
  /** Volumes that the machine began with; everything else is plugged in. */
  readonly permanent: Side;
  readonly plugged: Side;
  readonly disks: { readonly before: ReadonlyMap<string, Disk>; readonly after: ReadonlyMap<string, Disk> };
  /** Names of the volumes that move to another claim. */
  readonly migrated: ReadonlySet<string>;
}

interface Side {
  readonly before: ReadonlyMap<string, Volume>;
  readonly after: ReadonlyMap<string, Volume>;
}

/** A rule that looks at volumes and disks before and after. */
function storageRule(id: string, check: (storage: Storage) => Iterable<Objection>): InstanceUpdateRule {
  return { id, check: (update) => check(storageOf(update)) };
}

/** A rule that looks at each plugged volume which was there before, or which was not. */
function perPlugged(
  id: string,
  present: boolean,
  check: (volume: Volume, storage: Storage) => Iterable<Objection>,
): InstanceUpdateRule {
  return storageRule(id, function* (storage) {
    for (const [name, volume] of storage.plugged.after)
      if (storage.plugged.before.has(name) === present) yield* check(volume, storage);
  });
}

/** Volumes and disks that are plugged into and out of a running machine. First failure answers. */
export const volumeRules: readonly InstanceUpdateRule[] = [
  {
    id: 'HP-10',
    *check({ after: { spec }, configuration }) {
      const volumes = byName((spec.volumes ?? []).filter(({ memoryDump }) => memoryDump === undefined));
      const { disks = [], filesystems = [] } = spec.domain.devices;
      const declarative = configuration.gates.has('DeclarativeHotplugVolumes');
      const counted = disks.filter(
        ({ name, cdrom }) => !declarative || cdrom === undefined || volumes.has(name),
      );
      const count = counted.length + filesystems.length;
      if (volumes.size !== count)
        yield invalid(undefined, `${volumes.size} volumes stand against ${count} disks and file systems`);
    },
  },
  storageRule('HP-11', function* ({ permanent }) {
    if (permanent.before.size !== permanent.after.size)
      yield invalid(undefined, 'volumes that the machine began with cannot be added or removed');
  }),
  storageRule('HP-12', function* ({ permanent }) {
    for (const name of permanent.after.keys())
      if (!permanent.before.has(name)) yield invalid(undefined, `the machine did not begin with "${name}"`);
  }),
  storageRule('HP-13', function* ({ permanent, migrated }) {
    for (const [name, volume] of permanent.after)
      if (!migrated.has(name) && !semanticallyEqual(VolumeSchema, permanent.before.get(name), volume))
        yield invalid(undefined, `volume "${name}", which the machine began with, cannot change`);
  }),
  storageRule('HP-14', function* ({ permanent, migrated, disks }) {
    for (const name of permanent.after.keys())
      if (!migrated.has(name) && !diskUnchanged(disks, name))
        yield invalid(undefined, `the disk of volume "${name}", which the machine began with, cannot change`);
  }),
  perPlugged('HP-15', true, function* (volume, { plugged, migrated }) {
    const { name } = volume;
    if (!migrated.has(name) && !semanticallyEqual(VolumeSchema, plugged.before.get(name), volume))
      yield invalid(undefined, `volume "${name}" is plugged in and cannot change`);
  }),
  perPlugged('HP-16', true, function* ({ name, memoryDump }, { disks }) {
    if (memoryDump === undefined && !disks.after.has(name))
      yield invalid(undefined, `volume "${name}" has no disk`);
  }),
  perPlugged('HP-17', true, function* ({ name, memoryDump }, { disks }) {
    if (memoryDump === undefined && !diskUnchanged(disks, name))
      yield invalid(undefined, `the disk of volume "${name}" is plugged in and cannot change`);
  }),
  perPlugged('HP-18', false, function* ({ name, dataVolume, persistentVolumeClaim, memoryDump }) {
    if (dataVolume === undefined && persistentVolumeClaim === undefined && memoryDump === undefined)
      yield invalid(undefined, `volume "${name}" is of a kind that cannot be plugged in`);
  }),
  perPlugged('HP-19', false, function* ({ name, memoryDump }, { disks }) {
    if (memoryDump === undefined && !disks.after.has(name))
      yield invalid(undefined, `volume "${name}" has no disk`);
  }),
  perPlugged('HP-20', false, function* ({ name, memoryDump }, { disks }) {
    if (memoryDump !== undefined || disks.before.has(name)) return;
    for (const { rule: _rule, ...objection } of hotplugDiskFindings({
      disk: disks.after.get(name),
      field: '',
    }))
      yield objection;
  }),
];

function storageOf({ before, after }: InstanceUpdate): Storage {
  const began = new Set(
    (before.status?.volumeStatus ?? [])
      .filter(({ hotplugVolume }) => hotplugVolume === undefined)
      .map(({ name }) => name),
  );
  const side = (permanent: boolean): Side => {
    const of = ({ spec }: InstanceUpdate['before']): ReadonlyMap<string, Volume> =>
      byName((spec.volumes ?? []).filter(({ name }) => began.has(name) === permanent));
    return { before: of(before), after: of(after) };
  };
  return {
    permanent: side(true),
    plugged: side(false),
    disks: {
      before: byName(before.spec.domain.devices.disks ?? []),
      after: byName(after.spec.domain.devices.disks ?? []),
    },
    migrated: new Set((after.status?.migratedVolumes ?? []).map(({ volumeName }) => volumeName)),
  };
}

function diskUnchanged(disks: Storage['disks'], name: string): boolean {
  return semanticallyEqual(DiskSchema, disks.before.get(name), disks.after.get(name));
}

function byName<T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.name, item]));
}
