import { spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { parseMachineSpec } from '@virtkit/hal';
import { connectLauncher } from '@virtkit/launcher-api';
import { requires, waitUntil } from '@virtkit/testing';
import { describeImages, UnpackedLayers } from './image-root.ts';

beforeEach((context) => requires(context, { kind: 'root' }));

/** As emulated guests on a busy machine need, in milliseconds. */
const patience = { timeoutMs: 240_000, intervalMs: 200 };

it('virt-launcher in its image starts the guest of the guest image, with a seed and a TPM, as an unprivileged user', async () => {
  const images = await describeImages();
  const [launcherImage, guestImage] = [images.get('virt-launcher')!, images.get('tiny-guest')!];
  await using cleanUp = new AsyncDisposableStack();
  const layers = cleanUp.use(await UnpackedLayers.of([launcherImage, guestImage]));
  const scratch = await mkdtemp(join(tmpdir(), 'virtkit-guest-'));
  cleanUp.defer(() => rm(scratch, { recursive: true, force: true }));
  // The folders that Pods have volumes at.
  const binds = await Promise.all(
    ['kubevirt', 'kubevirt-private', 'libvirt'].map(async (name) => {
      const source = join(scratch, name);
      await mkdir(source);
      await chown(source, 107, 107);
      return { source, destination: `/run/${name}` };
    }),
  );
  const sockets = join(scratch, 'kubevirt', 'sockets');
  await mkdir(sockets);
  await chown(sockets, 107, 107);
  const disk = {
    source: layers.path(guestImage.layers[0]!),
    destination: '/run/kubevirt/container-disks/root',
    readOnly: true,
  };
  await mkdir(join(scratch, 'kubevirt/container-disks/root'), { recursive: true });
  const [program, args] = layers.command(
    launcherImage,
    ['virt-launcher', '--name', 'vm', '--namespace', 'default', '--uid', 'u-1', '--hypervisor', 'kvm-qemu'],
    { binds: [...binds, disk] },
  );
  const launcher = spawn(program, args, { stdio: ['ignore', 'inherit', 'pipe'] });
  let log = '';
  launcher.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const ended = new Promise((resolve) => launcher.once('close', (code, signal) => resolve(code ?? signal)));
  cleanUp.defer(async () => {
    launcher.kill('SIGKILL');
    await ended;
  });
  const client = cleanUp.use(
    await waitUntil(
      'the launcher to serve',
      () => {
        if (launcher.exitCode !== null) throw new Error(`it ended: ${log}`);
        return connectLauncher({ socketPath: join(sockets, 'launcher-sock') });
      },
      patience,
    ),
  );
  const machine = await client.hypervisor.define(
    parseMachineSpec(
      {
        version: 1,
        id: 'u-1',
        name: 'default_vm',
        architecture: 'x86_64',
        acceleration: 'prefer-hardware',
        cpu: { sockets: 1, cores: 1, threads: 1, model: { kind: 'default' } },
        memory: { sizeBytes: 192 * 2 ** 20 },
        firmware: { uuid: crypto.randomUUID() },
        serialConsole: {},
        disks: [
          {
            id: 'root',
            device: 'disk',
            bus: 'virtio',
            source: { kind: 'ephemeral', path: `${disk.destination}/disk/disk.qcow2`, format: 'qcow2' },
          },
          {
            id: 'seed',
            device: 'disk',
            bus: 'virtio',
            source: {
              kind: 'seed',
              volumeLabel: 'cidata',
              files: [
                { name: 'meta-data', content: 'local-hostname: from-the-image\n' },
                { name: 'user-data', content: '#cloud-config\n' },
              ],
            },
          },
        ],
        extraDevices: { tpm: {} },
      },
      'kvm-qemu',
    ),
  );
  await machine.start();
  const agent = machine.facet('guestAgent');
  const said = await waitUntil(
    'the guest agent to answer',
    async () => (await agent.exec(['/bin/uname', '-s'])).stdout,
    patience,
  );
  expect(said).toContain('Linux');
  await machine.stop('force');
  await machine.undefine();
  expect(await ended).toBe(0);
});
