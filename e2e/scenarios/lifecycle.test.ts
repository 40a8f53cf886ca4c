import { hasCondition, isDeleted, isPaused, waitFor } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { describe, expect, it } from 'vitest';
import {
  createRunning,
  mockMachine,
  patience,
  remove,
  runOf,
  running,
  runsAnew,
  status,
} from '../support/machines.ts';
import { launcherNamed, launcherOf } from '../support/launchers.ts';
import { needsPlatform } from '../support/needs.ts';
import { killProcess } from '../support/processes.ts';
import { sharedPlatform } from '../support/shared-platform.ts';

const cluster = sharedPlatform(needsPlatform, { hypervisor: 'mock' });

describe('the life of a machine', () => {
  it('is created, runs, and is gone after its deletion with its run and its Pod', async () => {
    const { client } = cluster();
    await createRunning(cluster(), mockMachine(cluster(), { name: 'short' }));
    const instance = await client.virtualMachineInstances.get('short');
    const [podUid] = Object.keys(instance.status?.activePods ?? {});
    expect(instance.status?.nodeName).toBeTruthy();
    await remove(cluster(), 'short');
    await waitUntil('the Pod is gone', async () => {
      const { items } = await client.pods.list();
      return items.every(({ metadata }) => metadata.uid !== podUid);
    });
  });

  it('stops, starts and restarts', async () => {
    const { virtualMachines } = cluster().client;
    await createRunning(cluster(), mockMachine(cluster(), { name: 'life' }));
    await virtualMachines.stop('life');
    await status(cluster(), 'life', 'Stopped');
    expect((await virtualMachines.get('life')).spec.runStrategy).toBe('Halted');
    await expect(virtualMachines.stop('life')).rejects.toMatchObject({ code: 'conflict' });

    await virtualMachines.start('life');
    await running(cluster(), 'life');
    await expect(virtualMachines.start('life')).rejects.toMatchObject({ code: 'conflict' });

    const before = await runOf(cluster(), 'life');
    await virtualMachines.restart('life');
    await runsAnew(cluster(), 'life', before);
  });

  it('pauses and goes on', async () => {
    const { virtualMachineInstances } = cluster().client;
    await createRunning(cluster(), mockMachine(cluster(), { name: 'pausing' }));
    await virtualMachineInstances.pause('pausing');
    await waitFor(virtualMachineInstances, 'pausing', isPaused, { timeoutSeconds: patience });
    await status(cluster(), 'pausing', 'Paused');
    await virtualMachineInstances.unpause('pausing');
    await running(cluster(), 'pausing');
    await waitFor(virtualMachineInstances, 'pausing', (one) => !isPaused(one), { timeoutSeconds: patience });
  });

  it('backs off when it fails before it runs, and starts in the end', async () => {
    const { virtualMachines } = cluster().client;
    await virtualMachines.create(mockMachine(cluster(), { name: 'crashing' }));
    killProcess(await launcherNamed('crashing'));
    await status(cluster(), 'crashing', 'CrashLoopBackOff');
    const { startFailure } = (await virtualMachines.get('crashing')).status ?? {};
    expect(startFailure?.consecutiveFailCount).toBe(1);
    expect(Date.parse(startFailure?.retryAfterTimestamp ?? '')).toBeGreaterThan(0);
    await running(cluster(), 'crashing');
    await waitFor(virtualMachines, 'crashing', (one) => one?.status?.startFailure === undefined, {
      timeoutSeconds: patience,
    });
    await remove(cluster(), 'crashing');
  });

  it.each([
    { runStrategy: 'Halted', starts: false, returnsAfterFailure: false },
    { runStrategy: 'Manual', starts: false, returnsAfterFailure: false },
    { runStrategy: 'Always', starts: true, returnsAfterFailure: true },
    { runStrategy: 'RerunOnFailure', starts: true, returnsAfterFailure: true },
    { runStrategy: 'Once', starts: true, returnsAfterFailure: false },
  ] as const)(
    'follows the run strategy $runStrategy',
    async ({ runStrategy, starts, returnsAfterFailure }) => {
      const { client } = cluster();
      const name = `strategy-${runStrategy.toLowerCase()}`;
      await client.virtualMachines.create(mockMachine(cluster(), { name, runStrategy }));
      if (!starts) {
        await status(cluster(), name, 'Stopped');
        expect(
          (await client.virtualMachineInstances.list()).items.map(({ metadata }) => metadata.name),
        ).not.toContain(name);
        if (runStrategy === 'Manual') {
          await client.virtualMachines.start(name);
          await running(cluster(), name);
        }
        return;
      }
      await running(cluster(), name);
      const before = await runOf(cluster(), name);
      killProcess(await launcherOf(before));
      if (returnsAfterFailure) await runsAnew(cluster(), name, before);
      else {
        await waitFor(client.virtualMachineInstances, name, (one) => one?.status?.phase === 'Failed', {
          timeoutSeconds: patience,
        });
        await status(cluster(), name, 'Stopped');
      }
      await remove(cluster(), name);
    },
  );
});

describe('what stands in the way of a machine', () => {
  it('an image that is not there: says so, and starts once it is', async () => {
    const { client } = cluster();
    const reference = 'virtkit.dev/late-guest:1';
    await client.virtualMachines.create(mockMachine(cluster(), { name: 'late', containerDisk: reference }));
    await status(cluster(), 'late', 'ErrImagePull').catch(() =>
      status(cluster(), 'late', 'ImagePullBackOff'),
    );
    await cluster().provideImage(reference);
    await running(cluster(), 'late');
    await remove(cluster(), 'late');
  });

  it('too little memory: says so, and starts once there is enough', async () => {
    const { client } = cluster();
    await client.virtualMachines.create(mockMachine(cluster(), { name: 'huge', memory: '8Ti' }));
    await status(cluster(), 'huge', 'ErrorUnschedulable');
    const instance = await client.virtualMachineInstances.get('huge');
    const scheduled = instance.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    expect(scheduled).toMatchObject({ status: 'False', reason: 'Unschedulable' });
    expect(scheduled?.message).toMatch(/memory/i);
    await client.virtualMachines.patch('huge', {
      type: 'merge',
      body: { spec: { template: { spec: { domain: { memory: { guest: '64Mi' } } } } } },
    });
    await client.virtualMachines.restart('huge');
    await running(cluster(), 'huge');
    await remove(cluster(), 'huge');
  });
});

describe('programs that end', () => {
  it('the node agent: machines go on, and it takes them over again', async () => {
    const platform = cluster();
    await createRunning(platform, mockMachine(platform, { name: 'kept' }));
    const before = await runOf(platform, 'kept');
    const launcher = await launcherOf(before);
    await platform.programRestarted('virt-handler', await platform.killProgram('virt-handler'));
    await waitUntil(
      'pausing works',
      async () => {
        await platform.client.virtualMachineInstances.pause('kept');
        return true;
      },
      { timeoutMs: 30_000, intervalMs: 200 },
    );
    await waitFor(platform.client.virtualMachineInstances, 'kept', isPaused, { timeoutSeconds: patience });
    expect(await runOf(platform, 'kept')).toBe(before);
    expect(await launcherOf(before)).toBe(launcher);
  });

  it('the API server: nothing is lost, watches go on, new machines start', async () => {
    const platform = cluster();
    await createRunning(platform, mockMachine(platform, { name: 'durable' }));
    const before = await runOf(platform, 'durable');
    const ready = waitFor(platform.client.virtualMachines, 'after-restart', hasCondition('Ready'), {
      timeoutSeconds: patience,
    });
    await platform.programRestarted('control-plane', await platform.killProgram('control-plane'));
    await platform.client.virtualMachines.create(mockMachine(platform, { name: 'after-restart' }));
    await ready;
    expect(await runOf(platform, 'durable')).toBe(before);
  });

  it('down shuts guests down and up brings the machines back', async () => {
    const platform = cluster();
    await createRunning(platform, mockMachine(platform, { name: 'comes-back' }));
    const before = await runOf(platform, 'comes-back');
    await platform.down();
    await platform.up();
    await runsAnew(platform, 'comes-back', before);
    await platform.client.virtualMachines.delete('comes-back');
    await waitFor(platform.client.virtualMachines, 'comes-back', isDeleted, { timeoutSeconds: patience });
  });
});
