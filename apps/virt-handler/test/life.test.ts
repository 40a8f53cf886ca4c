import { rmSync, symlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  getCondition,
  isConditionTrue,
  podConditions,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { connectLauncher } from '@virtkit/launcher-api';
import { waitUntil } from '@virtkit/testing';
import { findSocket } from '../src/launchers/socket-path.ts';
import { emptyDirectory } from '../src/pods/plain-folder.ts';
import { podFolder } from './support/launcher-process.ts';
import { TestNode, type ScheduledInstance, type Write } from './support/test-node.ts';

const inPhase =
  (phase: string) =>
  ({ status }: VirtualMachineInstance): boolean =>
    status?.phase === phase;
const has =
  (type: string) =>
  ({ status }: VirtualMachineInstance): boolean =>
    isConditionTrue(status?.conditions, type);

let node: TestNode;
beforeEach(async () => {
  node = await TestNode.start();
  await node.startHandler();
});
afterEach(() => node[Symbol.asyncDispose]());

const runs = async (options: Parameters<TestNode['schedule']>[0] = {}): Promise<ScheduledInstance> => {
  const scheduled = await node.schedule(options);
  await node.until(scheduled.name, 'Running', inPhase('Running'));
  return scheduled;
};
const remove = (name: string) => node.instances.delete(name, { namespace: 'default' });
/** The machine in a launcher, asked directly. */
const startedAt = async ({ podUid, uid }: ScheduledInstance): Promise<string | undefined> => {
  const socket = await findSocket(node.kubeletRoot, podUid);
  if (socket.kind === 'missing') throw new Error('no socket');
  await using launcher = await connectLauncher({ socketPath: socket.path });
  return (await (await launcher.hypervisor.machine(uid))?.observe())?.startedAt;
};

describe('the life of an instance on its node', () => {
  it('goes from Scheduled to Running with one write', async () => {
    const { name } = await node.schedule({ behaviour: { agentAfterMs: null } });
    const instance = await node.until(name, 'Running', inPhase('Running'));
    expect(instance.status?.interfaces?.[0]?.name).toBe('default');
    const own = node.writes.filter(
      ({ resource, user }) => user === 'virt-handler' && resource === 'virtualmachineinstances',
    );
    expect(own.map(({ verb }) => verb)).toEqual(['patch']);
  });

  it('says with one write that the agent is connected, and who the guest is', async () => {
    await node.stopHandler();
    // However busy the machine of this test is.
    await node.startHandler({ guestAnswerMs: 60_000 });
    const { name } = await node.schedule({ behaviour: { agentAfterMs: 3000 } });
    await node.until(name, 'Running', inPhase('Running'));
    const isHandlers = ({ resource, user }: Write): boolean =>
      user === 'virt-handler' && resource === 'virtualmachineinstances';
    const before = node.writes.filter(isHandlers).length;
    const { status } = await node.until(name, 'agent', has('AgentConnected'));
    expect(status?.guestOSInfo?.id).toBe('mock');
    expect(node.writes.filter(isHandlers).length - before).toBeLessThanOrEqual(1);
  });

  it('says that the agent is connected, and what it says of the guest', async () => {
    const { name } = await runs();
    await node.until(name, 'agent', has('AgentConnected'));
    const { status } = await node.until(name, 'guest', (vmi) => vmi.status?.guestOSInfo?.id === 'mock');
    expect(status?.interfaces?.[0]?.infoSource).toContain('guest-agent');
  });

  it('stops the guest of a deleted instance gracefully; the launcher then ends', async () => {
    const { name, launcher } = await runs();
    await remove(name);
    await node.until(name, 'Succeeded', inPhase('Succeeded'));
    expect(await launcher.ended).toBe(0);
  });

  it('stops the guest when its Pod is told to end', async () => {
    const { name, launcher } = await runs();
    launcher.child.kill('SIGTERM');
    await node.until(name, 'Succeeded', inPhase('Succeeded'));
    expect(await launcher.ended).toBe(0);
  });

  it('ends a guest that does not obey when its grace period is over', async () => {
    const { name, launcher } = await runs({
      spec: { terminationGracePeriodSeconds: 1 },
      behaviour: { shutdown: { obeys: false } },
    });
    await remove(name);
    await node.until(name, 'Failed', inPhase('Failed'));
    expect(await launcher.ended).toBe(0);
  });

  it('counts the grace period on through a restart', async () => {
    const scheduled = await runs({
      spec: { terminationGracePeriodSeconds: 3 },
      behaviour: { shutdown: { obeys: false } },
    });
    await remove(scheduled.name);
    await waitUntil('the guest to be asked', () => node.logs.some((line) => line.includes('shut-down')));
    await node.stopHandler();
    await node.startHandler();
    await node.until(scheduled.name, 'Failed', inPhase('Failed'));
  });

  it('reports a guest that shut down by itself', async () => {
    const { name, launcher } = await node.schedule({
      behaviour: { incidents: [{ afterMs: 100, kind: 'shutdown' }] },
    });
    await node.until(name, 'Succeeded', inPhase('Succeeded'));
    expect(await launcher.ended).toBe(0);
  });

  it('reports a guest that crashed', async () => {
    const { name } = await node.schedule({ behaviour: { incidents: [{ afterMs: 50, kind: 'crash' }] } });
    await node.until(name, 'Failed', inPhase('Failed'));
  });

  it('fails the instance of a launcher that was killed, although its Pod is still there', async () => {
    const { name, launcher } = await runs();
    await launcher.kill('SIGKILL');
    await node.until(name, 'Failed', inPhase('Failed'));
  });

  it('fails the instance of a launcher that was killed, although its Pod is there without its volumes', async () => {
    const { name, launcher, podUid } = await runs();
    await launcher.kill('SIGKILL');
    rmSync(join(podFolder(node.kubeletRoot, podUid), 'volumes'), { recursive: true });
    await node.until(name, 'Failed', inPhase('Failed'));
  });

  it('fails the instance of a launcher that was killed, once the Pod is gone', async () => {
    const { name, launcher, podUid } = await runs();
    await launcher.kill('SIGKILL');
    rmSync(podFolder(node.kubeletRoot, podUid), { recursive: true });
    await node.until(name, 'Failed', inPhase('Failed'));
  });

  it('adopts what runs after a restart', async () => {
    const scheduled = await runs();
    await node.until(scheduled.name, 'agent', has('AgentConnected'));
    const before = await startedAt(scheduled);
    await node.stopHandler();
    await node.startHandler();
    expect(before).toBeDefined();
    expect(await startedAt(scheduled)).toBe(before);
    // Only a handler that knows the machine can stop it gracefully.
    await remove(scheduled.name);
    await node.until(scheduled.name, 'Succeeded', inPhase('Succeeded'));
    expect(node.logs.filter((line) => line.includes('"boot"'))).toHaveLength(1);
  });

  it('never opens a socket behind a link, wherever on the way it is', async () => {
    const real = await runs();
    const way = (podUid: string, count: number): string =>
      join(node.kubeletRoot, ...[...emptyDirectory(podUid, 'sockets'), 'launcher-sock'].slice(0, count));
    expect(await findSocket(node.kubeletRoot, real.podUid)).toMatchObject({ kind: 'present' });
    for (const count of [2, 3, 4, 5]) {
      await mkdir(way('linked', count - 1), { recursive: true });
      symlinkSync(way(real.podUid, count), way('linked', count));
      await expect(findSocket(node.kubeletRoot, 'linked'), String(count)).rejects.toMatchObject({
        code: 'unsafe-path',
      });
      rmSync(way('linked', count));
    }
    await mkdir(way('linked', 5), { recursive: true });
    symlinkSync(way(real.podUid, 6), way('linked', 6));
    await expect(findSocket(node.kubeletRoot, 'linked')).rejects.toMatchObject({
      code: 'launcher-socket-refused',
    });
    await expect(findSocket(node.kubeletRoot, '../pods/linked')).rejects.toMatchObject({
      code: 'unsafe-path',
    });
  });
});

describe('probes', () => {
  const often = { periodSeconds: 1, failureThreshold: 1, timeoutSeconds: 1 };
  const shell = (script: string) => ({ exec: { command: ['/bin/sh', '-c', script] } });
  const guestReady = async (name: string) => {
    const pod = await node.pods.get(`virt-launcher-${name}`, { namespace: 'default' });
    return getCondition(pod.status?.conditions, podConditions.guestReady);
  };

  it('opens the gate of the Pod, once, when the readiness probe succeeds', async () => {
    const { name } = await runs({
      spec: { readinessProbe: { ...often, initialDelaySeconds: 2, guestAgentPing: {} } },
    });
    await waitUntil('the gate', async () => (await guestReady(name))?.status === 'True');
    expect(node.writes.filter(({ resource }) => resource === 'pods').map(({ verb }) => verb)).toEqual([
      'create',
      'patch',
    ]);
  });

  it('closes the gate when the readiness probe fails, and tells why', async () => {
    const { name } = await runs({ spec: { readinessProbe: { ...often, ...shell('exit 7') } } });
    // Until the agent answers, the gate is closed for another reason.
    await waitUntil('the gate', async () => (await guestReady(name))?.reason === 'ProbeFailed');
    expect(await guestReady(name)).toMatchObject({
      status: 'False',
      message: expect.stringContaining('exit status 7') as string,
    });
    expect(await node.get(name)).toMatchObject({ status: { phase: 'Running' } });
  });

  it('ends a guest whose liveness probe fails, also one without grace period', async () => {
    const { name, launcher } = await node.schedule({
      spec: {
        terminationGracePeriodSeconds: 0,
        livenessProbe: { ...often, initialDelaySeconds: 1, ...shell('false') },
      },
    });
    await node.until(name, 'Failed', inPhase('Failed'));
    expect(await launcher.ended).toBe(0);
  });
});
