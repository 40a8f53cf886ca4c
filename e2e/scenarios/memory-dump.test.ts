import type { VirtualMachineMemoryDumpRequest } from '@virtkit/core-types';
import { waitFor } from '@virtkit/sdk';
import { describe, expect, it } from 'vitest';
import { onClaim } from '../support/claim-pods.ts';
import { createClaim } from '../support/claims.ts';
import { createRunning, mockMachine, patience } from '../support/machines.ts';
import { needsPlatform } from '../support/needs.ts';
import { sharedPlatform } from '../support/shared-platform.ts';

const cluster = sharedPlatform(needsPlatform, { hypervisor: 'mock' });
const name = 'dumped';
const claimName = 'memory';

/** Waits until the machine's request for a dump is so. */
async function request(
  condition: (request: VirtualMachineMemoryDumpRequest | undefined) => boolean,
): Promise<VirtualMachineMemoryDumpRequest | undefined> {
  const machine = await waitFor(
    cluster().client.virtualMachines,
    name,
    (one) => one !== undefined && condition(one.status?.memoryDumpRequest),
    { timeoutSeconds: patience },
  );
  return machine?.status?.memoryDumpRequest;
}

describe('a dump of guest memory', () => {
  it('is written to its claim, although the node agent is killed, and its volume leaves the instance', async () => {
    await createClaim(cluster(), claimName, '512Mi');
    await createRunning(cluster(), mockMachine(cluster(), { name }));
    await cluster().virtctl(['memory-dump', 'get', name, '--claim-name', claimName]);
    await request((one) => one?.phase === 'InProgress');
    await cluster().killProgram('virt-handler');
    const done = await request((one) => one?.phase === 'Completed');
    expect(done).toMatchObject({ claimName });
    expect(done?.fileName).toMatch(/^dumped-memory-\d{8}-\d{6}\.memory\.dump$/);
    expect(Date.parse(done?.endTimestamp ?? '')).toBeGreaterThanOrEqual(
      Date.parse(done?.startTimestamp ?? ''),
    );
    const { client } = cluster();
    const { metadata } = await client.persistentVolumeClaims.get(claimName);
    expect(metadata.annotations?.['kubevirt.io/memory-dump']).toBe(done?.fileName);
    const { spec, status } = await client.virtualMachineInstances.get(name);
    expect(spec.volumes?.map((volume) => volume.name)).not.toContain(claimName);
    expect(status?.volumeStatus?.map((entry) => entry.name)).not.toContain(claimName);
    expect(await onClaim(cluster(), claimName, 'ls /claim')).toBe(`${done?.fileName}\n`);
  });

  it('is made again to the same claim', async () => {
    const before = await request((one) => one?.phase === 'Completed');
    await cluster().virtctl(['memory-dump', 'get', name]);
    const after = await request((one) => one?.phase === 'Completed' && one.fileName !== before?.fileName);
    expect(after?.fileName).not.toBe(before?.fileName);
  });

  it('is forgotten when that is asked for, and its file stays', async () => {
    await cluster().virtctl(['memory-dump', 'remove', name]);
    await request((one) => one === undefined);
    const { spec } = await cluster().client.virtualMachines.get(name);
    expect(spec.template.spec?.volumes?.map((volume) => volume.name)).not.toContain(claimName);
    expect((await onClaim(cluster(), claimName, 'ls /claim')).trim().split('\n')).toHaveLength(2);
  });
});
