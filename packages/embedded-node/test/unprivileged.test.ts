import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { condition, NodeFixture } from './support/node-fixture.ts';
import { eventually } from './support/scratch.ts';

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
  } finally {
    kubelet.kill('SIGKILL');
    await ended;
  }
});
