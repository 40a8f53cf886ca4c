import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createMockHypervisor } from '@virtkit/hal-mock';
import { FactsRequestSchema, PersistentDiskSchema, type FactsRequest } from '@virtkit/launcher-api';
import { requires } from '@virtkit/testing';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { deviceBlockSizes } from '../src/facts/block-sizes.ts';
import { readCpus } from '../src/facts/cpus.ts';
import { FactsResolver } from '../src/facts/resolve-facts.ts';
import { runTool } from '../src/run-tool.ts';

const size = 8 * 1024 * 1024;
let folder: string;

beforeEach((context: TestContext) => {
  requires(context, { kind: 'command', name: 'qemu-img', package: 'qemu-utils' });
  folder = mkdtempSync(join(tmpdir(), 'virt-launcher-'));
});

afterEach(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

function image(path: string, ...args: string[]): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  execFileSync('qemu-img', ['create', '-q', ...args, full, ...(args.includes('-b') ? [] : [String(size)])]);
  return full;
}

const ofFileSystem = () => {
  const { bsize } = statfsSync(folder);
  return { logical: bsize, physical: bsize };
};

function secret(path: string, keys: Readonly<Record<string, string | Buffer>>): void {
  mkdirSync(join(folder, 'secret', path), { recursive: true });
  for (const [key, value] of Object.entries(keys)) writeFileSync(join(folder, 'secret', path, key), value);
}

async function resolve(asked: Partial<FactsRequest> = {}, qemuImg?: string) {
  const request = FactsRequestSchema.parse(asked);
  const resolver = new FactsResolver({
    hypervisor: await createMockHypervisor(),
    containerDiskDir: join(folder, 'cd'),
    vmiDiskDir: join(folder, 'vd'),
    hotplugDiskDir: join(folder, 'hd'),
    stateDir: folder,
    secretDir: join(folder, 'secret'),
    environment: { PCI_RESOURCE_EXAMPLE_ORG_GPU: '0000:01:00.0,0000:02:00.0', USB_RESOURCE_STICK: '1:7' },
    qemuImg,
  });
  return resolver.resolve(request);
}

describe('FactsResolver', () => {
  it('finds nothing where there is nothing', async () => {
    expect(await resolve()).toEqual({
      volumes: {},
      ownDisks: ofFileSystem(),
      hardwareVirtualization: { state: 'usable' },
    });
  });

  it('finds container disks and disk files with format and size', async () => {
    const a = image('cd/a/disk/any-name.img', '-f', 'qcow2');
    const b = image('cd/b/only.raw', '-f', 'raw');
    const c = image('vd/c/disk.img', '-f', 'raw');
    const d = image('cd/d/boot/special.qcow2', '-f', 'qcow2');
    image('cd/d/disk/other.img', '-f', 'raw');
    const { volumes } = await resolve({
      volumes: { d: { path: '/boot/special.qcow2' } },
      disks: { c: PersistentDiskSchema.parse({ file: 'disk.img' }) },
    });
    const blockSizes = ofFileSystem();
    expect(volumes).toEqual({
      a: { path: a, format: 'qcow2', virtualSizeBytes: size, blockSizes },
      b: { path: b, format: 'raw', virtualSizeBytes: size, blockSizes },
      c: {
        path: c,
        format: 'raw',
        virtualSizeBytes: size,
        allocated: false,
        directIo: expect.any(Boolean) as boolean,
        blockSizes,
      },
      d: { path: d, format: 'qcow2', virtualSizeBytes: size, blockSizes },
    });
  });

  it('refuses images that would make QEMU open something else, and those alone', async () => {
    image('cd/good/disk/disk.img', '-f', 'raw');
    writeFileSync(join(folder, 'secret'), Buffer.alloc(size));
    image('cd/backed/disk/disk.img', '-f', 'qcow2', '-b', join(folder, 'secret'), '-F', 'raw');
    image('cd/foreign/disk/disk.img', '-f', 'vmdk');
    image('cd/outside/disk/disk.img', '-f', 'qcow2', '-o', `data_file=${join(folder, 'data')}`);
    image('cd/two/disk/a.img', '-f', 'raw');
    image('cd/two/disk/b.img', '-f', 'raw');
    mkdirSync(join(folder, 'cd/none/disk'), { recursive: true });
    mkdirSync(join(folder, 'cd/folder/disk/sub'), { recursive: true });
    mkdirSync(join(folder, 'cd/link/disk'), { recursive: true });
    symlinkSync(join(folder, 'secret'), join(folder, 'cd/link/disk/disk.img'));
    mkdirSync(join(folder, 'cd/sibling/disk'), { recursive: true });
    const { volumes } = await resolve({ volumes: { sibling: { path: '/../good/disk/disk.img' } } });
    const codes = Object.fromEntries(
      Object.entries(volumes).map(([name, fact]) => [name, 'error' in fact ? fact.error.code : 'fine']),
    );
    expect(codes).toEqual({
      good: 'fine',
      backed: 'invalid-spec',
      foreign: 'invalid-spec',
      outside: 'invalid-spec',
      two: 'invalid-spec',
      none: 'source-unavailable',
      folder: 'invalid-spec',
      link: 'invalid-spec',
      sibling: 'invalid-spec',
    });
  });

  it('follows a link that stays inside its image', async () => {
    const real = image('cd/a/data/real.img', '-f', 'raw');
    mkdirSync(join(folder, 'cd/a/disk'));
    symlinkSync('../data/real.img', join(folder, 'cd/a/disk/disk.img'));
    expect((await resolve()).volumes.a).toMatchObject({ path: real });
  });

  it('finds kernel and initrd, and says what is missing', async () => {
    const boot = join(folder, 'cd/kernel-boot-volume/boot');
    mkdirSync(boot, { recursive: true });
    writeFileSync(join(boot, 'vmlinuz'), 'k');
    const kernelPath = '/boot/vmlinuz';
    expect(await resolve({ volumes: {}, kernelBoot: { kernelPath } })).toMatchObject({
      volumes: {},
      kernelBoot: { path: join(boot, 'vmlinuz') },
    });
    const { kernelBoot } = await resolve({
      volumes: {},
      kernelBoot: { kernelPath, initrdPath: '/boot/initrd' },
    });
    expect(kernelBoot).toMatchObject({ error: { code: 'source-unavailable' } });
  });

  it('reads cloud-init data from mounted Secrets, whichever way the key is spelt', async () => {
    secret('a', { userdata: '#cloud-config', networkData: 'version: 2' });
    mkdirSync(join(folder, 'secret/a/userData'));
    mkdirSync(join(folder, 'secret/b/userdata'), { recursive: true });
    secret('b', { userData: '#!/bin/sh' });
    mkdirSync(join(folder, 'secret/none/userdata'), { recursive: true });
    const { cloudInitSecrets } = await resolve({ cloudInitSecrets: ['a', 'b', 'none', 'absent'] });
    expect(cloudInitSecrets).toMatchObject({
      a: { userData: '#cloud-config', networkData: 'version: 2' },
      b: { userData: '#!/bin/sh' },
      none: { error: { code: 'source-unavailable' } },
      absent: { error: { code: 'source-unavailable' } },
    });
  });

  it('reads credentials as Kubernetes lays Secrets out, and nothing beside them', async () => {
    secret('s-access-cred/..2026', { key1: 'ssh-ed25519 A', key2: 'ssh-ed25519 B' });
    symlinkSync('..2026', join(folder, 'secret/s-access-cred/..data'));
    symlinkSync('..data/key1', join(folder, 'secret/s-access-cred/key1'));
    symlinkSync('..data/key2', join(folder, 'secret/s-access-cred/key2'));
    secret('outside', { key: 'x' });
    mkdirSync(join(folder, 'secret/link-access-cred'));
    symlinkSync('../outside/key', join(folder, 'secret/link-access-cred/key'));
    secret('binary-access-cred', { key: Buffer.from([0xff]) });
    const { credentials } = await resolve({ credentials: ['s', 'link', 'binary', 'absent'] });
    expect(credentials).toMatchObject({
      s: { keys: { key1: 'ssh-ed25519 A', key2: 'ssh-ed25519 B' } },
      link: { error: { code: 'invalid-spec' } },
      binary: { error: { code: 'invalid-spec' } },
      absent: { error: { code: 'source-unavailable' } },
    });
  });

  it('finds the devices that were set aside for the Pod, by resource, and its CPUs', async () => {
    const { devices, cpus } = await resolve({
      devices: ['example.org/gpu', 'stick', 'example.org/none'],
      cpus: true,
    });
    expect(devices).toEqual({
      pci: { 'example.org/gpu': ['0000:01:00.0', '0000:02:00.0'] },
      mediated: {},
      usb: { stick: [{ bus: 1, device: 7 }] },
    });
    expect(cpus?.own.length).toBe(availableParallelism());
    expect((await resolve()).devices).toBeUndefined();
  });

  it('says that qemu-img is missing', async () => {
    image('cd/a/disk/disk.img', '-f', 'raw');
    const { volumes } = await resolve({ volumes: {} }, '/nonexistent/qemu-img');
    expect(volumes.a).toMatchObject({ error: { code: 'hypervisor-unavailable' } });
  });
});

describe('deviceBlockSizes', () => {
  it('reads what the kernel tells of a device, of a partition the limits of its disk', async () => {
    const sysfs = join(folder, 'sys');
    const partition = 0x801;
    expect(await deviceBlockSizes(partition, sysfs)).toBeUndefined();
    mkdirSync(join(sysfs, 'dev/block/8:1'), { recursive: true });
    mkdirSync(join(sysfs, 'dev/block/queue'));
    const limits = { logical_block_size: 512, physical_block_size: 4096, discard_granularity: 65_536 };
    for (const [name, value] of Object.entries(limits))
      writeFileSync(join(sysfs, 'dev/block/queue', name), `${value}\n`);
    const expected = { logical: 512, physical: 4096, discardGranularity: 65_536 };
    expect(await deviceBlockSizes(partition, sysfs)).toEqual(expected);
  });
});

describe('readCpus', () => {
  it('reads the CPUs of the Pod and the nodes, cores and distances of the host', async () => {
    const system = join(folder, 'system');
    const write = (path: string, content: string) => {
      mkdirSync(dirname(join(system, path)), { recursive: true });
      writeFileSync(join(system, path), `${content}\n`);
    };
    const status = join(folder, 'status');
    writeFileSync(status, 'Name:\tnode\nCpus_allowed_list:\t1-2,5\n');
    write('node/node0/cpulist', '0-3');
    write('node/node0/distance', '10 21');
    write('node/node1/cpulist', '4-5');
    write('node/node1/distance', '21 10');
    for (const [cpu, siblings] of [
      [0, '0,2'],
      [1, '1,3'],
      [2, '0,2'],
      [3, '1,3'],
    ] as const)
      write(`cpu/cpu${cpu}/topology/thread_siblings_list`, siblings);
    expect(await readCpus({ status, system })).toEqual({
      own: [1, 2, 5],
      nodes: [
        {
          id: 0,
          cores: [
            [0, 2],
            [1, 3],
          ],
          distances: [
            { node: 0, value: 10 },
            { node: 1, value: 21 },
          ],
        },
        {
          id: 1,
          cores: [[4], [5]],
          distances: [
            { node: 0, value: 21 },
            { node: 1, value: 10 },
          ],
        },
      ],
    });
    const none = await readCpus({ status, system: join(folder, 'nothing') });
    expect(none.nodes).toEqual([]);
  });
});

describe('runTool', () => {
  const limits = { timeoutMs: 10_000, cpuSeconds: 1, memoryBytes: 2 ** 30, outputBytes: 1000 };

  it('gives a tool nothing of its own environment', async () => {
    expect(await runTool('env', [], limits)).not.toContain('HOME');
  });

  it.each([
    ['fails', 'sh', ['-c', 'echo bad >&2; exit 3'], limits, 'failed'],
    ['takes too long', 'sleep', ['60'], { ...limits, timeoutMs: 50 }, 'failed'],
    ['computes too much', 'sh', ['-c', 'while :; do :; done'], limits, 'failed'],
    ['says too much', 'yes', [], limits, 'failed'],
    ['is not there', '/nonexistent/tool', [], limits, 'hypervisor-unavailable'],
  ])('ends a tool that %s', async (_what, program, args, bounds, code) => {
    await expect(runTool(program, args, bounds)).rejects.toMatchObject({ name: 'HalError', code });
  });

  it('ends with its signal', async () => {
    await expect(runTool('sleep', ['60'], limits, { signal: AbortSignal.timeout(10) })).rejects.toMatchObject(
      {
        code: 'aborted',
      },
    );
  });
});
