import { startControlPlane } from '@virtkit/apiserver';
import { crd, resources } from '@virtkit/core-types';
import { connect, isDeleted, virtualMachine, waitFor } from '@virtkit/sdk';
import { describe, expect, it } from 'vitest';
import { runBackupController } from '../examples/backup-controller.ts';

describe('examples', () => {
  it('backup-controller', async () => {
    await using plane = await startControlPlane({ crds: [crd(resources.virtualMachines)] });
    await using client = await connect({ server: plane.url, ca: plane.ca, token: plane.token });
    const stop = new AbortController();
    const running = runBackupController(client, stop.signal);
    const labels = { 'example.com/backup': 'true' };
    await client.virtualMachines.create(
      virtualMachine({ name: 'web', memory: '1Gi', labels, containerDisk: 'example.com/web:1' }),
    );

    const list = await waitFor(client.configMaps, 'web-backup', (found) => found !== undefined, {
      timeoutSeconds: 30,
    });
    expect(list?.data).toEqual({ disks: 'root' });
    const unlabelled = { metadata: { labels: { 'example.com/backup': null } } };
    await client.virtualMachines.patch('web', { type: 'merge', body: unlabelled });
    await waitFor(client.configMaps, 'web-backup', isDeleted, { timeoutSeconds: 30 });

    stop.abort();
    await running;
  });
});
