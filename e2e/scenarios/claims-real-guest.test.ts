import { statSync } from 'node:fs';
import { chmod, mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPaused, isRunning, waitFor } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { describe, expect, it } from 'vitest';
import { bound, claimGone, createClaim, unsynchronized, withDisk } from '../support/claims.ts';
import {
  addressOf,
  bootPatience,
  createRunning,
  patience,
  realMachine,
  remove,
  running,
  runOf,
  runsAnew,
} from '../support/machines.ts';
import { run } from '../support/command.ts';
import { needsRealGuests } from '../support/needs.ts';
import { sharedPlatform } from '../support/shared-platform.ts';

const cluster = sharedPlatform(needsRealGuests);

/** Shows what the third disk held when the guest booted, and then writes to it. */
const script = `#!/bin/sh
mkdir -p /www
echo "found: $(head -c 16 /dev/vdc | tr -d '\\\\0')" > /www/index.html
printf 'written before' | dd of=/dev/vdc conv=notrunc 2> /dev/null
sync
`;
const machine = (name: string, source: Parameters<typeof withDisk>[1]) =>
  withDisk(realMachine(cluster(), { name, cloudInit: script }), source);
const claim = { persistentVolumeClaim: { claimName: 'data' } };

/** What the guest found on its disk. */
async function found(name: string): Promise<string> {
  const url = `http://${await addressOf(cluster(), name)}/`;
  return waitUntil(
    `an answer of ${url}`,
    async () => {
      try {
        const text = await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text();
        return text.startsWith('found:') && text.trim();
      } catch (error) {
        if (['TypeError', 'TimeoutError'].includes((error as Error).name)) return false;
        throw error;
      }
    },
    { timeoutMs: bootPatience * 1000, intervalMs: 250 },
  );
}

describe('what a real guest writes to its claim', () => {
  it('is there after a restart', async () => {
    await createClaim(cluster(), 'data', '16Mi');
    await createRunning(cluster(), machine('writer', claim));
    expect(await found('writer')).toBe('found:');
    const before = await runOf(cluster(), 'writer');
    await cluster().client.virtualMachines.restart('writer');
    await runsAnew(cluster(), 'writer', before);
    expect(await found('writer')).toBe('found: written before');
  });

  it('is not at the mercy of another machine', async () => {
    const { virtualMachines, virtualMachineInstances } = cluster().client;
    await virtualMachines.create(machine('second', claim));
    await unsynchronized(cluster(), 'second', /another machine uses/);
    await virtualMachines.stop('writer');
    await waitFor(virtualMachineInstances, 'second', (one) => one?.status?.phase === 'Running', {
      timeoutSeconds: bootPatience,
    });
    expect(await found('second')).toBe('found: written before');
    await remove(cluster(), 'second');
  });

  it('is below a layer of its own, and untouched by what is written to that', async () => {
    await createClaim(cluster(), 'base', '16Mi');
    const maker = machine('maker', { persistentVolumeClaim: { claimName: 'base' } });
    await createRunning(cluster(), maker);
    expect(await found('maker')).toBe('found:');
    await remove(cluster(), 'maker');
    await createRunning(
      cluster(),
      machine('layered', { ephemeral: { persistentVolumeClaim: { claimName: 'base' } } }),
    );
    expect(await found('layered')).toBe('found: written before');
    await remove(cluster(), 'layered');
  });

  it('goes with the claim', async () => {
    const { spec } = await bound(cluster(), 'data');
    await remove(cluster(), 'writer');
    await cluster().client.persistentVolumeClaims.delete('data');
    await claimGone(cluster(), 'data', spec?.volumeName ?? '');
    await createClaim(cluster(), 'data', '16Mi');
    await createRunning(cluster(), machine('anew', claim));
    expect(await found('anew')).toBe('found:');
    await remove(cluster(), 'anew');
  });
});

it('UEFI variables are kept with the machine', async () => {
  // The tiny guest's disk is for BIOS: the firmware itself is what runs here, and it does not shut down when asked.
  const withFirmware = realMachine(cluster(), { name: 'firmware', terminationGracePeriodSeconds: 1 });
  withFirmware.spec.template.spec!.domain.firmware = {
    bootloader: { efi: { secureBoot: false, persistent: true } },
  };
  await cluster().client.virtualMachines.create(withFirmware);
  await running(cluster(), 'firmware');
  const { persistentVolumeClaims, persistentVolumes } = cluster().client;
  const { items } = await persistentVolumeClaims.list({ labelSelector: 'persistent-state-for=firmware' });
  expect(items).toHaveLength(1);
  const [{ metadata, spec }] = items as [(typeof items)[0]];
  const volume = await persistentVolumes.get(spec?.volumeName ?? '');
  const variables = join(volume.spec?.local?.path ?? '', 'nvram', 'firmware_VARS.fd');
  const { ino, size } = statSync(variables);
  expect(size).toBeGreaterThan(0);
  const before = await runOf(cluster(), 'firmware');
  await cluster().client.virtualMachines.restart('firmware');
  await runsAnew(cluster(), 'firmware', before);
  expect(statSync(variables).ino).toBe(ino);
  await remove(cluster(), 'firmware');
  await claimGone(cluster(), metadata.name ?? '', spec?.volumeName ?? '');
});

it('a guest whose storage is full stands still, and goes on when there is room again', async () => {
  const folder = join(cluster().folder, 'small');
  await mkdir(folder);
  await run(['mount', '-t', 'tmpfs', '-o', 'size=4m,mode=0777', 'tmpfs', folder]);
  try {
    const disk = join(folder, 'disk.img');
    await writeFile(disk, '');
    await truncate(disk, 32 * 1024 * 1024);
    await chmod(disk, 0o666);
    const { persistentVolumes, persistentVolumeClaims, virtualMachineInstances } = cluster().client;
    const accessModes: ['ReadWriteOnce'] = ['ReadWriteOnce'];
    await persistentVolumes.create({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'small' },
      spec: { accessModes, capacity: { storage: '32Mi' }, hostPath: { path: folder } },
    });
    await persistentVolumeClaims.create({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'small' },
      spec: { accessModes, storageClassName: '', resources: { requests: { storage: '32Mi' } } },
    });
    const filling = '#!/bin/sh\n(dd if=/dev/zero of=/dev/vdc bs=1M count=16; sync) &\n';
    const machine = realMachine(cluster(), { name: 'full', cloudInit: filling });
    await cluster().client.virtualMachines.create(
      withDisk(machine, { persistentVolumeClaim: { claimName: 'small' } }),
    );
    const paused = await waitFor(virtualMachineInstances, 'full', isPaused, { timeoutSeconds: bootPatience });
    expect(paused?.status?.conditions?.find(({ type }) => type === 'Paused')?.reason).toBe('PausedIOError');
    await run(['mount', '-o', 'remount,size=64m', folder]);
    await virtualMachineInstances.unpause('full');
    await waitFor(virtualMachineInstances, 'full', isRunning, { timeoutSeconds: patience });
    await remove(cluster(), 'full');
    await persistentVolumeClaims.delete('small');
    await persistentVolumes.delete('small');
  } finally {
    await run(['umount', '--lazy', folder]);
  }
});
