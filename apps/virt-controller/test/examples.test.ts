import { waitUntil } from '@virtkit/testing';
import { describe, expect, it } from 'vitest';
import { control } from '../examples/embed.ts';
import { machine, startTestCluster } from './test-cluster.ts';

describe('examples', () => {
  it('embed', async () => {
    await using cluster = await startTestCluster();
    const stop = new AbortController();
    const client = await cluster.as('system:serviceaccount:kubevirt:kubevirt-controller');
    const running = control(client, stop.signal);
    await cluster.client.virtualMachines.create(machine('one'));
    const pod = await waitUntil('a launcher Pod', async () => (await cluster.client.pods.list()).items[0]);
    expect(pod.spec.containers[0]?.image).toBe('virtkit.dev/virt-launcher:0.1.0');
    stop.abort(new Error('test over'));
    await running;
  });
});
