import { waitFor } from '@virtkit/sdk';
import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../support/cluster.ts';
import { mockMachine, patience, remove, running, status } from '../../support/machines.ts';

/** What keeps a machine from starting: it says so, and starts once that is gone. */
export function obstacleScenarios(cluster: () => Cluster): void {
  describe('what stands in the way of a machine', () => {
    it('an image that is not there: says so, and starts once it is', async () => {
      const { client } = cluster();
      const reference = 'virtkit.dev/late-guest:1';
      await client.virtualMachines.create(mockMachine(cluster(), { name: 'late', containerDisk: reference }));
      await waitFor(
        client.virtualMachines,
        'late',
        (one) => ['ErrImagePull', 'ImagePullBackOff'].includes(one?.status?.printableStatus ?? ''),
        { timeoutSeconds: patience },
      );
      await cluster().provideImage(reference);
      // The kubelet tries again in its own time, which grows to minutes.
      await running(cluster(), 'late', 2 * patience);
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

    it('a quota that is used up: says so, and starts once there is room', async () => {
      const { client } = cluster();
      const quota = {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'few' },
        spec: { hard: { 'requests.memory': '1Mi' } },
      };
      await cluster().kubectl(['apply', '-f', '-'], { input: JSON.stringify(quota) });
      try {
        await client.virtualMachines.create(mockMachine(cluster(), { name: 'over-quota' }));
        const instance = await waitFor(
          client.virtualMachineInstances,
          'over-quota',
          (one) => one?.status?.conditions?.some(({ reason }) => reason === 'FailedCreate') === true,
          { timeoutSeconds: patience },
        );
        const refused = instance?.status?.conditions?.find(({ reason }) => reason === 'FailedCreate');
        expect(refused).toMatchObject({ type: 'Synchronized', status: 'False' });
        expect(refused?.message).toMatch(/exceeded quota: few/);
      } finally {
        await cluster().kubectl(['delete', 'quota', 'few']);
      }
      await running(cluster(), 'over-quota', 2 * patience);
      await remove(cluster(), 'over-quota');
    });
  });
}
