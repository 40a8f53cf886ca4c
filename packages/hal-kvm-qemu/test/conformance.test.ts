import { accessSync, chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { conformance } from '@virtkit/hal/conformance';
import { createKvmQemuHypervisor, type KvmQemuOptions } from '../src/index.ts';

const guest = fileURLToPath(new URL('../../../build/guest/', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'vkc-'));
// A private daemon is unprivileged; as root the suite runs it as nobody.
const runAs = process.getuid?.() === 0 ? { runAs: { uid: 65534, gid: 65534 } } : {};
const options: KvmQemuOptions = {
  stateDir: join(root, 'state'),
  runDir: join(root, 'run'),
  hardwareVirtualization: { state: 'absent', reason: 'the suite runs under software emulation everywhere' },
  daemonIdleSeconds: 120,
  memoryDumpFolder: join(root, 'files'),
  ...runAs,
};

beforeAll(() => {
  chmodSync(root, 0o755);
  mkdirSync(join(root, 'files'));
  try {
    accessSync(join(guest, 'vmlinuz'));
  } catch (cause) {
    throw new Error('the guest image is not built: run make guest', { cause });
  }
});
afterAll(async () => {
  const last = await createKvmQemuHypervisor(options);
  for (const { id } of await last.list()) await (await last.machine(id))?.undefine();
  await last.stopDaemon();
  await last[Symbol.asyncDispose]();
  rmSync(root, { recursive: true });
});

conformance({
  name: 'kvm-qemu with a real guest under software emulation',
  runner: { describe, it: (name, body, timeoutMs) => it(name, body, timeoutMs) },
  connect: () => createKvmQemuHypervisor(options),
  spec: (overrides) => ({
    version: 1,
    id: 'machine',
    name: 'machine',
    architecture: 'x86_64',
    acceleration: 'prefer-hardware',
    cpu: { sockets: 1, cores: 1, threads: 1, model: { kind: 'default' } },
    memory: { sizeBytes: 192 * 2 ** 20 },
    firmware: {
      uuid: crypto.randomUUID(),
      kernel: {
        path: join(guest, 'vmlinuz'),
        initrdPath: join(guest, 'initramfs.gz'),
        commandLine: 'console=ttyS0 quiet',
      },
    },
    serialConsole: {},
    display: {},
    disks: [
      { id: 'scratch', device: 'disk', bus: 'virtio', source: { kind: 'scratch', sizeBytes: 8 * 2 ** 20 } },
    ],
    ...overrides,
  }),
  guest: {
    agent: true,
    consoleOutput: true,
    async mountFileSystem(machine) {
      const script = 'mke2fs /dev/vda && mkdir -p /mnt/scratch && mount /dev/vda /mnt/scratch';
      const { exitCode, stderr } = await machine.facet('guestAgent').exec(['/bin/sh', '-c', script]);
      if (exitCode !== 0) throw new Error(`no file system was mounted in the guest: ${stderr}`);
    },
  },
  folder: join(root, 'files'),
  timeouts: { callMs: 60_000, bootMs: 180_000, stopMs: 120_000 },
});
