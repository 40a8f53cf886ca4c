import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bound, claimGone, createClaim, unsynchronized, withDisk } from '../support/claims.ts';
import { createRunning, mockMachine, remove, running, status } from '../support/machines.ts';
import { needsPlatform } from '../support/needs.ts';
import { sharedPlatform } from '../support/shared-platform.ts';

const cluster = sharedPlatform(needsPlatform, { hypervisor: 'mock' });
const mebibyte = 1024 * 1024;
const claim = (claimName: string) => ({ persistentVolumeClaim: { claimName } });
const machine = (name: string, source: Parameters<typeof withDisk>[1]) =>
  withDisk(mockMachine(cluster(), { name }), source);

describe('a machine with a claim', () => {
  it('waits for the claim, gets its disk, and tells what it is', async () => {
    const { virtualMachines, virtualMachineInstances } = cluster().client;
    await virtualMachines.create(machine('waits', claim('data')));
    await status(cluster(), 'waits', 'ErrorPvcNotFound');
    await createClaim(cluster(), 'data', '64Mi');
    await running(cluster(), 'waits');
    const { spec } = await bound(cluster(), 'data');
    const disk = join(cluster().root, 'volumes', spec?.volumeName ?? '', 'disk.img');
    expect(statSync(disk)).toMatchObject({ size: 64 * mebibyte, blocks: 0 });
    const instance = await virtualMachineInstances.get('waits');
    expect(instance.status?.volumeStatus?.find(({ name }) => name === 'data')).toMatchObject({
      target: 'vdb',
      persistentVolumeClaimInfo: {
        claimName: 'data',
        accessModes: ['ReadWriteOnce'],
        volumeMode: 'Filesystem',
        capacity: { storage: '64Mi' },
        requests: { storage: '64Mi' },
        filesystemOverhead: '0.055',
      },
    });
  });

  it('keeps its disk when the platform is stopped and started', async () => {
    const { spec } = await bound(cluster(), 'data');
    const folder = join(cluster().root, 'volumes', spec?.volumeName ?? '');
    const before = statSync(join(folder, 'disk.img')).ino;
    await cluster().down();
    expect(existsSync(folder)).toBe(true);
    await cluster().up();
    await running(cluster(), 'waits');
    expect(statSync(join(folder, 'disk.img')).ino).toBe(before);
  });

  it('keeps its claim from being deleted until it is gone itself', async () => {
    const { persistentVolumeClaims } = cluster().client;
    const { spec } = await bound(cluster(), 'data');
    const volume = spec?.volumeName ?? '';
    await persistentVolumeClaims.delete('data');
    const { stdout } = await cluster().kubectl(['get', 'pvc', 'data', '--no-headers']);
    expect(stdout).toMatch(/Terminating/);
    expect(existsSync(join(cluster().root, 'volumes', volume, 'disk.img'))).toBe(true);
    await remove(cluster(), 'waits');
    await claimGone(cluster(), 'data', volume);
    expect(existsSync(join(cluster().root, 'volumes', volume))).toBe(false);
  });

  it('says so when the claim is too small for a disk', async () => {
    await createClaim(cluster(), 'small', '100Ki');
    await cluster().client.virtualMachines.create(machine('small', claim('small')));
    await unsynchronized(cluster(), 'small', /at least 1 MiB/);
    await remove(cluster(), 'small');
  });

  it('says so when there is no room for the claim', async () => {
    await createClaim(cluster(), 'huge', '4Ei');
    await cluster().client.virtualMachines.create(machine('huge', claim('huge')));
    await status(cluster(), 'huge', 'ErrorUnschedulable');
    const { stdout } = await cluster().kubectl(['describe', 'pvc', 'huge']);
    expect(stdout).toMatch(/ProvisioningFailed.* are left in /);
    await remove(cluster(), 'huge');
    await cluster().client.persistentVolumeClaims.delete('huge');
  });
});

it('a DataVolume is the claim of its name', async () => {
  await createClaim(cluster(), 'imported', '1Mi');
  await createRunning(cluster(), machine('imported', { dataVolume: { name: 'imported' } }));
  await remove(cluster(), 'imported');
});

it('a disk of the node is made where its gate is open', async () => {
  const path = join(cluster().folder, 'node-disks', 'a.img');
  const hostDisk = { path, type: 'DiskOrCreate', capacity: '8Mi' };
  const { client } = cluster();
  await expect(client.virtualMachines.create(machine('host', { hostDisk }))).rejects.toMatchObject({
    code: 'invalid',
  });
  const { items } = await client.kubeVirts.list({ namespace: 'kubevirt' });
  const body = { spec: { configuration: { developerConfiguration: { featureGates: ['HostDisk'] } } } };
  await client.kubeVirts.patch(
    items[0]?.metadata.name ?? '',
    { type: 'merge', body },
    { namespace: 'kubevirt' },
  );
  await createRunning(cluster(), machine('host', { hostDisk }));
  expect(statSync(path)).toMatchObject({
    size: 8 * mebibyte,
    uid: process.getuid?.() === 0 ? 107 : process.getuid?.(),
  });
  await remove(cluster(), 'host');
  expect(existsSync(path)).toBe(true);
});
