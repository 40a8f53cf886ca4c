import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runStorageController } from '../src/index.ts';
import { condition, NodeFixture } from './support/node-fixture.ts';
import { eventually } from './support/scratch.ts';
import { claimOf, volumeOf } from './support/storage-objects.ts';

const nobody = 65534;

it('runs Pods without root: host network, one user per Pod', async () => {
  await using node = await NodeFixture.start();
  await mkdir(node.root, { recursive: true });
  await chmod(node.scratch.folder, 0o755);
  await chown(node.root, nobody, nobody);
  const { url: server, ca, token } = node.controlPlane;
  const given = { server, ca, token, root: node.root, nodeName: node.nodeName, network: node.network };
  const program = join(import.meta.dirname, 'support', 'kubelet-process.ts');
  const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const kubelet = spawn(process.execPath, ['--conditions=@virtkit/source', program, JSON.stringify(given)], {
    stdio: ['ignore', 'ignore', 'inherit'],
    cwd: '/',
    ...identity,
  });
  const ended = once(kubelet, 'exit');
  const storage = new AbortController();
  const binding = runStorageController({
    client: node.client,
    signal: storage.signal,
    folder: join(node.root, 'volumes'),
    nodeName: node.nodeName,
  });
  try {
    await node.createPod('plain', {
      script: 'id -u; hostname; exec sleep 1000',
      securityContext: { runAsUser: 107 },
    });
    const pod = await node.podThat('plain', 'is ready', (seen) => condition(seen, 'Ready') === 'True');
    expect(pod.status?.podIP).toBe(pod.status?.hostIP);
    await eventually('the log', async () => (await node.log('plain')) === '107\nplain\n');
    await node.client.pods.delete('plain', { namespace: 'default' });
    await node.podIsGone('plain');

    const path = join(node.root, 'disk');
    await mkdir(path);
    await chown(path, nobody, nobody);
    await node.client.persistentVolumes.create(volumeOf('disk', { hostPath: { path } }));
    await node.client.persistentVolumeClaims.create(claimOf('disk', { storageClassName: '' }));
    await eventually('a bound claim', async () => {
      const claim = await node.client.persistentVolumeClaims.get('disk', { namespace: 'default' });
      return claim.status?.phase === 'Bound';
    });
    await node.createPod('writer', {
      containers: [
        {
          name: 'main',
          image: 'test/host:1',
          command: ['/bin/sh', '-c', 'echo kept >/data/file'],
          volumeMounts: [{ name: 'disk', mountPath: '/data' }],
        },
      ],
      restartPolicy: 'Never',
      securityContext: { runAsUser: 107, fsGroup: 107 },
      volumes: [{ name: 'disk', persistentVolumeClaim: { claimName: 'disk' } }],
    });
    await node.podThat('writer', 'succeeded', (seen) => seen.status?.phase === 'Succeeded');
    expect(await readFile(join(path, 'file'), 'utf8')).toBe('kept\n');
    await node.client.pods.delete('writer', { namespace: 'default' });
    await node.podIsGone('writer');
  } finally {
    storage.abort();
    await binding;
    kubelet.kill('SIGKILL');
    await ended;
  }
});
