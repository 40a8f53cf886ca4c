import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControlPlane } from '@virtkit/apiserver';
import { resources, type VirtualMachineInstance, type VolumeStatus } from '@virtkit/core-types';
import { connect } from '@virtkit/sdk';
import { expect, it } from 'vitest';
import { ClaimFolders } from '../../src/volumes/claim-folder.ts';

const instance = { metadata: { name: 'vm', namespace: 'default' } } as VirtualMachineInstance;

it('the folder of a claim is found by the names of its Pod and volume, which lead nowhere else', async () => {
  await using stack = new AsyncDisposableStack();
  const root = mkdtempSync(join(tmpdir(), 'claims-'));
  stack.defer(() => rmSync(root, { recursive: true }));
  const plane = stack.use(await startControlPlane({ durability: 'process-crash' }));
  const client = stack.use(await connect({ server: plane.url, ca: plane.ca, token: plane.token }));
  const claims = client.resource(resources.persistentVolumeClaims);
  const { signal } = new AbortController();
  const volumes = { data: 'pv-1', stray: '../pv-1' };
  for (const [name, volumeName] of Object.entries(volumes))
    await claims.create(
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name, namespace: 'default' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } }, volumeName },
      },
      { signal },
    );
  const links = join(root, 'pods', 'pod-1', 'volumes', 'kubernetes.io~local-volume');
  mkdirSync(links, { recursive: true });
  symlinkSync('/claims/data', join(links, 'pv-1'));

  const folders = new ClaimFolders({ client, kubeletRoot: root });
  const find = (attachPodUID: string, claimName: string): Promise<string | undefined> => {
    const entry = { name: 'v', hotplugVolume: { attachPodUID }, persistentVolumeClaimInfo: { claimName } };
    return folders.find(instance, entry as VolumeStatus, signal);
  };
  expect(await find('pod-1', 'data')).toBe('/claims/data');
  expect(await find('', 'data')).toBeUndefined();
  await expect(find('pod-2', 'data')).rejects.toMatchObject({ code: 'volume-unavailable' });
  await expect(find('../pods/pod-1', 'data')).rejects.toMatchObject({ code: 'unsafe-path' });
  await expect(find('pod-1', 'stray')).rejects.toMatchObject({ code: 'unsafe-path' });
});
