import { hasCondition, isPaused, waitFor } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../support/cluster.ts';
import { insist } from '../../support/insist.ts';
import { launcherOf } from '../../support/launchers.ts';
import {
  createRunning,
  mockMachine,
  patience,
  remove,
  runOf,
  running,
  runsAnew,
} from '../../support/machines.ts';

/** How long the store of objects stands still. */
const pauseMs = 30_000;
/** How many machines are made while certificates are renewed. */
const load = 6;

/** Parts of the platform end, stand still or get new certificates: machines go on, and nothing is lost. */
export function interruptionScenarios(cluster: () => Cluster): void {
  const pause = (name: string): Promise<boolean> =>
    waitUntil(
      'pausing works',
      async () => {
        await cluster().client.virtualMachineInstances.pause(name);
        return true;
      },
      { timeoutMs: patience * 1000, intervalMs: 200 },
    );

  describe('parts that end', () => {
    it('the node agent: machines go on, and it takes them over again', async () => {
      const { client } = cluster();
      await createRunning(cluster(), mockMachine(cluster(), { name: 'kept' }));
      const before = await runOf(cluster(), 'kept');
      const launcher = await launcherOf(before);
      await cluster().restart('virt-handler');
      await pause('kept');
      await waitFor(client.virtualMachineInstances, 'kept', isPaused, { timeoutSeconds: patience });
      expect(await runOf(cluster(), 'kept')).toBe(before);
      expect(await launcherOf(before)).toBe(launcher);
      await remove(cluster(), 'kept');
    });

    it('the API server: nothing is lost, watches go on, new machines start', async () => {
      const { client } = cluster();
      await createRunning(cluster(), mockMachine(cluster(), { name: 'durable' }));
      const before = await runOf(cluster(), 'durable');
      const ready = waitFor(client.virtualMachines, 'after-restart', hasCondition('Ready'), {
        timeoutSeconds: 2 * patience,
      });
      await cluster().restart('api-server');
      await client.virtualMachines.create(mockMachine(cluster(), { name: 'after-restart' }));
      await ready;
      expect(await runOf(cluster(), 'durable')).toBe(before);
      await remove(cluster(), 'durable');
      await remove(cluster(), 'after-restart');
    });

    it('the controllers: machines that were asked for meanwhile start', async () => {
      const { client } = cluster();
      const restarted = cluster().restart('virt-controller');
      await client.virtualMachines.create(mockMachine(cluster(), { name: 'meanwhile' }));
      await restarted;
      await running(cluster(), 'meanwhile', 2 * patience);
      await remove(cluster(), 'meanwhile');
    });
  });

  describe('parts that stand still', () => {
    it('the store for 30 s: machines go on, and what is asked for afterwards happens', async () => {
      const { client } = cluster();
      await createRunning(cluster(), mockMachine(cluster(), { name: 'patient' }));
      const before = await runOf(cluster(), 'patient');
      const launcher = await launcherOf(before);
      await cluster().pauseStore(pauseMs);
      expect(await launcherOf(before)).toBe(launcher);
      await pause('patient');
      await waitFor(client.virtualMachineInstances, 'patient', isPaused, { timeoutSeconds: patience });
      await createRunning(cluster(), mockMachine(cluster(), { name: 'after-pause' }));
      expect(await runOf(cluster(), 'patient')).toBe(before);
      await remove(cluster(), 'patient');
      await remove(cluster(), 'after-pause');
    });
  });

  describe('a node that is drained', () => {
    it('shuts its machines down, takes none until it is given back, and then runs them anew', async () => {
      const { client } = cluster();
      await createRunning(cluster(), mockMachine(cluster(), { name: 'drained' }));
      const before = await runOf(cluster(), 'drained');
      const node = (await client.virtualMachineInstances.get('drained')).status?.nodeName ?? '';
      try {
        await cluster().kubectl(
          ['drain', node, '--pod-selector=kubevirt.io=virt-launcher', '--ignore-daemonsets'].concat([
            '--delete-emptydir-data',
            '--force',
            `--timeout=${patience}s`,
          ]),
          { timeoutMs: 2 * patience * 1000 },
        );
        await waitFor(client.virtualMachineInstances, 'drained', (one) => one?.metadata.uid !== before, {
          timeoutSeconds: patience,
        });
      } finally {
        await cluster().kubectl(['uncordon', node]);
      }
      await runsAnew(cluster(), 'drained', before);
      await remove(cluster(), 'drained');
    });
  });

  describe('certificates that are renewed under load', () => {
    it('neither machines nor their operations fail', async () => {
      const names = Array.from({ length: load }, (_, index) => `under-load-${index}`);
      const { client } = cluster();
      // On one machine the API server is one of the programs that begin anew.
      const make = async (name: string): Promise<void> => {
        const machine = mockMachine(cluster(), { name });
        await insist(() => client.virtualMachines.create(machine), ['already-exists']);
        await running(cluster(), name, 2 * patience);
      };
      await Promise.all([...names.map(make), cluster().renewCertificates()]);
      for (const name of names) {
        await pause(name);
        await waitFor(cluster().client.virtualMachineInstances, name, isPaused, { timeoutSeconds: patience });
      }
      for (const name of names) await remove(cluster(), name);
    });
  });
}
