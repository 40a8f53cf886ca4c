import { isPaused, waitFor } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../support/cluster.ts';
import { launcherNamed, launcherOf } from '../../support/launchers.ts';
import {
  createRunning,
  mockMachine,
  patience,
  remove,
  runOf,
  running,
  runsAnew,
  status,
} from '../../support/machines.ts';
import { killProcess } from '../../support/processes.ts';

/** What every machine goes through from its creation to its deletion. */
export function lifecycleScenarios(cluster: () => Cluster): void {
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
      await waitFor(virtualMachineInstances, 'pausing', (one) => !isPaused(one), {
        timeoutSeconds: patience,
      });
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

    it('leaves the log of a launcher that was killed, to be read when its Pod and the machine are gone', async () => {
      const { client, kubeconfig, namespace } = cluster();
      const logs = async (...flags: string[]): Promise<string> =>
        (await cluster().virtkit(['logs', 'logged', '--kubeconfig', kubeconfig, ...flags])).stdout;
      await createRunning(cluster(), mockMachine(cluster(), { name: 'logged' }));
      const before = await runOf(cluster(), 'logged');
      const { status: first } = await client.virtualMachineInstances.get('logged');
      const [podUid = ''] = Object.keys(first?.activePods ?? {});
      expect(await logs()).toContain(before);
      expect(await logs('--list')).toContain('no launcher that failed');

      killProcess(await launcherOf(before));
      await runsAnew(cluster(), 'logged', before);
      await waitUntil('the Pod of the launcher is gone', async () => {
        const { items } = await client.pods.list();
        return items.every(({ metadata }) => metadata.uid !== podUid);
      });
      await waitUntil('its log is kept', async () => (await logs('--list')).includes(' 137 '));
      const kept = await logs('--previous');
      expect(kept).toContain(`"uid":"${before}"`);
      expect(kept).toContain(`"vmi":"${namespace}/logged"`);
      await waitUntil('an event says where', async () => {
        const { items } = await client.events.list();
        return items.some(
          ({ reason, involvedObject }) => reason === 'LauncherLogKept' && involvedObject.uid === before,
        );
      });
      // The present one is another's.
      expect(await logs('--tail', '1000')).toContain(await runOf(cluster(), 'logged'));
      await remove(cluster(), 'logged');
      expect(await logs('--previous', '--pod', podUid)).toBe(kept);
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
}
