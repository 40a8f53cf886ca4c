import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cleanUpNode, ImageStore } from '../src/index.ts';
import { runCommand } from '../src/processes/command.ts';
import { condition, NodeFixture } from './support/node-fixture.ts';

let node: NodeFixture;

beforeEach(async () => {
  node = await NodeFixture.start();
  await node.startKubelet();
});
afterEach(() => node[Symbol.asyncDispose]());

/** An image with busybox, and one with a disk. */
async function writeImages(): Promise<void> {
  const store = new ImageStore(join(node.root, 'images'));
  const files = join(node.scratch.folder, 'files');
  await mkdir(join(files, 'bin'), { recursive: true });
  for (const folder of ['etc', 'tmp', 'proc', 'dev']) await mkdir(join(files, folder));
  await copyFile('/bin/busybox', join(files, 'bin/busybox'));
  for (const name of ['sh', 'cat', 'echo', 'ls', 'id', 'touch'])
    await symlink('busybox', join(files, 'bin', name));
  await store.write({ reference: 'example.com/busybox:1', files, owner: { uid: 0, gid: 0 } });
  const disk = join(node.scratch.folder, 'disk');
  await mkdir(join(disk, 'disk'), { recursive: true });
  await copyFile('/etc/os-release', join(disk, 'disk', 'disk.img'));
  await store.write({ reference: 'example.com/disk:1', files: disk });
}

it('runs a container of an OCI image with a writable layer, and mounts an image as a volume', async () => {
  await writeImages();
  await node.createPod('oci', {
    restartPolicy: 'Never',
    volumes: [{ name: 'disk', image: { reference: 'example.com/disk:1' } }],
    containers: [
      {
        name: 'main',
        image: 'example.com/busybox:1',
        command: [
          'sh',
          '-c',
          'ls /; cat /disks/disk/disk.img; touch /new && echo wrote; touch /disks/x || echo read-only',
        ],
        volumeMounts: [{ name: 'disk', mountPath: '/disks' }],
      },
    ],
  });
  await node.podThat(
    'oci',
    'ended',
    (pod) => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed',
  );
  const log = await node.log('oci');
  expect(log).toContain('ID=');
  expect(log).toContain('wrote');
  expect(log).toContain('read-only');
  const mounts = await runCommand('cat', ['/proc/self/mounts']);
  expect(mounts.stdout).not.toContain(node.scratch.tag);
});

it('leaves no trace after cleanUpNode, with Pods that still run', async () => {
  await node.createPod('left', {});
  await node.podThat('left', 'is ready', (pod) => condition(pod, 'Ready') === 'True');
  await node.stopKubelet();
  const options = {
    root: node.root,
    network: node.network,
    serviceTable: `vkt-none-${node.scratch.tag}`,
    images: true,
  };
  await cleanUpNode(options);
  await cleanUpNode(options);
  expect(await node.processes()).toEqual([]);
  expect((await runCommand('ip', ['link', 'show', 'dev', node.network.bridge])).exitCode).not.toBe(0);
  expect((await runCommand('ip', ['netns', 'list'])).stdout).not.toContain(node.scratch.tag);
});
