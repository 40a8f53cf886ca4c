import assert from 'node:assert/strict';
import type { Machine } from '../hypervisor.ts';
import type { MachineSpecInput } from '../machine-spec.ts';
import type { Disk } from '../spec/disk.ts';
import { poll, type Bench } from './bench.ts';
import { rejects } from './expectations.ts';
import type { ConformanceOptions } from './options.ts';
import { group, offers } from './suite.ts';

const size = 4 * 1024 * 1024;
/** A machine with room for more disks. */
const roomy: Partial<MachineSpecInput> = {
  diskHotplug: true,
  pci: { placement: { kind: 'ports', minSparePorts: 2 } },
};
const drive: NonNullable<MachineSpecInput['disks']>[number] = {
  id: 'drive',
  device: 'cdrom',
  bus: 'sata',
  source: { kind: 'empty' },
};

/** Disks that come and go while the machine runs. */
export function hotplugFacet(options: ConformanceOptions): void {
  if (!offers(options, 'hotplug')) return;
  group(options, 'hotplug', ({ test }) => {
    for (const bus of ['virtio', 'scsi'] as const)
      test(`a ${bus} disk comes, and goes when the guest lets it`, async (bench) => {
        const machine = await bench.boot(roomy);
        const hotplug = machine.facet('hotplug');
        const before = await disksInGuest(bench, machine);
        const original = await machine.spec();
        const disk = await diskOf(bench, { id: 'extra', bus });
        await using recorder = bench.events();
        await hotplug.attachDisk(disk);
        await hotplug.attachDisk(disk);
        await recorder.next(
          0,
          'a hint at the new disk',
          (event) => event.kind === 'resync' || (event.kind === 'devices' && event.id === machine.id),
        );
        const [seen] = (await machine.observe()).disks.filter(({ id }) => id === 'extra');
        assert.match(seen?.target ?? '', bus === 'virtio' ? /^vd[a-z]$/ : /^sd[a-z]$/);
        assert.ok((await machine.spec()).disks.some(({ id }) => id === 'extra'));
        await untilGuestHas(bench, machine, before, 1);

        await hotplug.detachDisk('extra');
        assert.deepEqual(await machine.spec(), original);
        await bench.until(machine, 'the disk to be gone', bench.timeouts.stopMs, ({ disks }) =>
          disks.every(({ id }) => id !== 'extra'),
        );
        await untilGuestHas(bench, machine, before, 0);
        await hotplug.detachDisk('extra');
      });

    test('a disk stays over a restart of the machine, and every connection knows it', async (bench) => {
      const machine = await bench.start(roomy);
      await machine.facet('hotplug').attachDisk(await diskOf(bench));
      const other = await (await bench.connect()).machine(machine.id);
      assert.ok(other);
      assert.deepEqual(await other.spec(), await machine.spec());
      await bench.hypervisor.define(await machine.spec());
      await machine.stop('force');
      await machine.start();
      assert.deepEqual(
        (await other.observe()).disks.filter(({ id }) => id === 'extra').length,
        1,
        'the disk is there after the restart',
      );
    });

    if (offers(options, 'pause'))
      test('a disk that the guest has not let go yet shows as leaving, and may be asked for again', async (bench) => {
        const machine = await bench.boot(roomy);
        const hotplug = machine.facet('hotplug');
        const disk = await diskOf(bench);
        await hotplug.attachDisk(disk);
        await machine.facet('pause').pause();
        await hotplug.detachDisk('extra');
        await hotplug.detachDisk('extra');
        const [seen] = (await machine.observe()).disks.filter(({ id }) => id === 'extra');
        assert.equal(seen?.leaving, true);
        assert.ok((await machine.spec()).disks.every(({ id }) => id !== 'extra'));
        await rejects(() => hotplug.attachDisk(disk), 'conflict');
        await machine.facet('pause').resume();
        await bench.until(machine, 'the disk to be gone', bench.timeouts.stopMs, ({ disks }) =>
          disks.every(({ id }) => id !== 'extra'),
        );
        await hotplug.attachDisk(disk);
        const [back] = (await machine.observe()).disks.filter(({ id }) => id === 'extra');
        assert.equal(back?.leaving, undefined);
      });

    test('a machine that does not run keeps its disks', async (bench) => {
      const machine = await bench.define(roomy);
      const hotplug = machine.facet('hotplug');
      const disk = await diskOf(bench);
      await rejects(() => hotplug.attachDisk(disk), 'invalid-state');
      await rejects(() => hotplug.detachDisk('extra'), 'invalid-state');
      await rejects(() => hotplug.changeMedium('extra', { kind: 'empty' }), 'invalid-state', 'not-found');
    });

    test('refuses what no guest would notice, with the field', async (bench) => {
      const machine = await bench.start(roomy);
      const hotplug = machine.facet('hotplug');
      const disk = await diskOf(bench);
      const refused = async (change: Partial<Disk>, field: string): Promise<void> => {
        const error = await rejects(() => hotplug.attachDisk({ ...disk, ...change }), 'unsupported');
        assert.equal(error.field, field);
      };
      await refused({ bus: 'sata' }, '/bus');
      await refused({ device: 'cdrom' }, '/device');
      await refused({ source: { kind: 'scratch', sizeBytes: size } }, '/source');
      await rejects(
        () =>
          hotplug.attachDisk({ ...disk, source: { kind: 'file', path: '/nonexistent/disk', format: 'raw' } }),
        'source-unavailable',
      );
      await hotplug.attachDisk(disk);
      await rejects(() => hotplug.attachDisk({ ...disk, serial: 'another' }), 'conflict');
    });

    test('refuses disks where nothing was made for them', async (bench) => {
      const fixed = await bench.start();
      const error = await rejects(
        async () => fixed.facet('hotplug').attachDisk(await diskOf(bench)),
        'unsupported',
      );
      assert.equal(error.field, '/diskHotplug');
      const full = await bench.start({ diskHotplug: true, pci: { placement: { kind: 'root-complex' } } });
      await rejects(
        async () => full.facet('hotplug').attachDisk(await diskOf(bench)),
        'insufficient-resources',
      );
    });

    test('media of CD-ROM drives change', async (bench) => {
      const machine = await bench.start({ ...roomy, disks: [drive] });
      const hotplug = machine.facet('hotplug');
      const isEmpty = async (): Promise<boolean> => {
        const [seen] = (await machine.observe()).disks;
        return seen?.empty === true;
      };
      assert.equal(await isEmpty(), true);
      for (const name of ['first', 'second']) {
        const medium = { kind: 'file', path: await bench.file(name, size), format: 'raw' } as const;
        await hotplug.changeMedium('drive', medium);
        await hotplug.changeMedium('drive', medium);
        assert.equal(await isEmpty(), false);
        assert.deepEqual((await machine.spec()).disks[0]?.source, medium);
      }
      await hotplug.changeMedium('drive', { kind: 'empty' });
      assert.equal(await isEmpty(), true);
      await rejects(() => hotplug.changeMedium('none', { kind: 'empty' }), 'not-found');
      await rejects(
        () => hotplug.changeMedium('drive', { kind: 'file', path: '/nonexistent/cd', format: 'raw' }),
        'source-unavailable',
      );
      await rejects(() => hotplug.detachDisk('drive'), 'unsupported');
    });
  });
}

async function diskOf(bench: Bench, { id = 'extra', bus = 'virtio' }: Partial<Disk> = {}): Promise<Disk> {
  const path = await bench.file(id, size);
  return { id, device: 'disk', bus, source: { kind: 'file', path, format: 'raw' }, readOnly: false };
}

/** Names of the block devices that the guest has; undefined where nobody inside can be asked. */
async function disksInGuest({ options }: Bench, machine: Machine): Promise<string[] | undefined> {
  if (!options.guest.agent) return undefined;
  const { stdout } = await machine.facet('guestAgent').exec(['/bin/sh', '-c', 'ls /sys/block']);
  return stdout.split('\n').filter((name) => name !== '');
}

async function untilGuestHas(
  bench: Bench,
  machine: Machine,
  before: readonly string[] | undefined,
  more: number,
): Promise<void> {
  if (before === undefined) return;
  await poll(`the guest to have ${more} more disks`, bench.timeouts.stopMs, async () => {
    const disks = await disksInGuest(bench, machine);
    return disks?.length === before.length + more ? true : undefined;
  });
}
