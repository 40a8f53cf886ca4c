import { resources, type PersistentVolumeClaimSpec, type VirtualMachine } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { namespace, subresourceBench } from '../support/subresource-bench.ts';

const bench = subresourceBench();

let claims = 0;
async function claimOf(spec: PersistentVolumeClaimSpec): Promise<string> {
  const name = `claim-${++claims}`;
  await bench()
    .client.resource(resources.persistentVolumeClaims)
    .create({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec }, { namespace });
  return name;
}
const room = (storage: string): PersistentVolumeClaimSpec => ({
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage } },
});
type Dump = NonNullable<VirtualMachine['status']>['memoryDumpRequest'];

/** A machine whose guest has 1Gi, with what its status says of a dump. */
async function machineWith(memoryDumpRequest?: Dump, phase = 'Running'): Promise<string> {
  const status = memoryDumpRequest === undefined ? undefined : { memoryDumpRequest };
  const name = await bench().machine({}, status);
  const domain = { devices: {}, resources: { requests: { memory: '1Gi' } } };
  await bench().instance({ name, status: { phase }, spec: { domain } });
  return name;
}
const dump = async (name: string, body?: unknown) =>
  (await bench().ask('PUT', `virtualmachines/${name}/memorydump`, body)).status;
const remove = async (name: string) =>
  (await bench().ask('PUT', `virtualmachines/${name}/removememorydump`)).status;

describe('memorydump', () => {
  test('SUB-27: wants a feature gate, a body, and a claim that is not another one', async () => {
    const claimName = await claimOf(room('2Gi'));
    const name = await machineWith();
    await bench().configure({
      developerConfiguration: { disabledFeatureGates: ['DeclarativeHotplugVolumes'] },
    });
    expect(await dump(name, { claimName })).toBe(400);
    await bench().configure({});
    expect(await dump(name)).toBe(400);
    expect(await dump(name, {})).toBe(400);
    const associated = await machineWith({ claimName, phase: 'Completed' });
    expect(await dump(associated, { claimName: 'another' })).toBe(409);
    expect(await dump(associated, {})).toBe(202);
    expect(await dump(name, { claimName })).toBe(202);
    for (const asked of [name, associated])
      expect((await bench().client.virtualMachines.get(asked)).status?.memoryDumpRequest).toEqual({
        claimName,
        phase: 'Associating',
      });
  });

  test('SUB-27: wants a guest that runs', async () => {
    const claimName = await claimOf(room('2Gi'));
    expect(await dump(await machineWith(undefined, 'Scheduled'), { claimName })).toBe(409);
    expect(await dump(await bench().machine(), { claimName })).toBe(404);
  });

  test.each<[string, PersistentVolumeClaimSpec | undefined, number]>([
    ['does not exist', undefined, 404],
    ['is a block device', { ...room('2Gi'), volumeMode: 'Block' }, 409],
    ['can only be read', { ...room('2Gi'), accessModes: ['ReadOnlyMany'] }, 409],
    // 1Gi and 100Mi, and 5.5 % for the file system: 1 243 423 kB.
    ['is a kilobyte too small', room('1243422k'), 409],
    ['is just large enough', room('1243423k'), 202],
  ])('SUB-27: a claim that %s', async (_title, spec, status) => {
    const claimName = spec === undefined ? 'nowhere' : await claimOf(spec);
    expect(await dump(await machineWith(), { claimName })).toBe(status);
  });

  test.each([
    ['Dissociating', 409],
    ['Associating', 409],
    ['InProgress', 409],
    ['Completed', 202],
    ['Failed', 202],
  ])('SUB-28: an earlier dump in phase %s', async (phase, status) => {
    const claimName = await claimOf(room('2Gi'));
    expect(await dump(await machineWith({ claimName, phase }), { claimName })).toBe(status);
  });
});

test.each<[string, Dump, number]>([
  ['no dump', undefined, 409],
  ['a dump that is being taken away', { claimName: 'c', phase: 'Dissociating', remove: true }, 409],
  ['a dump', { claimName: 'c', phase: 'Completed' }, 202],
])('SUB-29: %s of a machine is to be taken away', async (_title, request, status) => {
  const name = await machineWith(request);
  expect(await remove(name)).toBe(status);
  expect((await bench().client.virtualMachines.get(name)).status?.memoryDumpRequest).toEqual(
    status === 202 ? { claimName: 'c', phase: 'Dissociating', remove: true } : request,
  );
});
