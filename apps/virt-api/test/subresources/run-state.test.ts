import { resources } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import { subresourceBench } from '../support/subresource-bench.ts';

const bench = subresourceBench();

const put = async (name: string, operation: string, body?: object): Promise<number> =>
  (await bench().ask('PUT', `virtualmachines/${name}/${operation}`, body)).status;
const machineOf = (name: string) => bench().client.virtualMachines.get(name);
const requestsOf = async (name: string) => (await machineOf(name)).status?.stateChangeRequests;
/** A machine with this strategy and, where a phase is given, an instance of its name in it; resolves to name and uid. */
async function made(
  runStrategy: string,
  phase?: string,
  more: { grace?: number; conditions?: { type: string; status: 'True' }[] } = {},
): Promise<{ name: string; uid: string | undefined }> {
  const { conditions } = more;
  const name = await bench().machine({ runStrategy }, conditions === undefined ? undefined : { conditions });
  if (phase === undefined) return { name, uid: undefined };
  const spec = more.grace === undefined ? {} : { terminationGracePeriodSeconds: more.grace };
  await bench().instance({ name, spec, status: { phase } });
  return { name, uid: (await bench().client.virtualMachineInstances.get(name)).metadata.uid };
}

describe('start', () => {
  test.each([
    ['Running', 409],
    ['Scheduling', 409],
    ['Succeeded', 202],
    ['Unknown', 202],
    ['', 202],
  ])('SUB-01: a machine whose instance is in phase "%s" is answered %i', async (phase, status) => {
    const { name } = await made('Manual', phase);
    expect(await put(name, 'start')).toBe(status);
  });

  test('SUB-02: a machine that must be recovered by hand is not started', async () => {
    const type = 'ManualRecoveryRequired';
    const { name } = await made('Manual', undefined, { conditions: [{ type, status: 'True' }] });
    expect(await put(name, 'start')).toBe(409);
    expect(await requestsOf(name)).toBeUndefined();
  });

  test.each([
    ['Always', undefined],
    ['Once', undefined],
    ['RerunOnFailure', 'Failed'],
  ])('SUB-03: a machine with %s and an instance in phase %s starts by itself', async (strategy, phase) => {
    const { name } = await made(strategy, phase);
    expect(await put(name, 'start')).toBe(409);
  });

  test('SUB-04: a halted machine is started by its strategy, in the form that it uses', async () => {
    const { name } = await made('Halted');
    expect(await put(name, 'start')).toBe(202);
    expect((await machineOf(name)).spec.runStrategy).toBe('Always');
    const running = await bench().machine({ running: false });
    expect(await put(running, 'start')).toBe(202);
    expect((await machineOf(running)).spec.running).toBe(true);
    const paused = await made('Halted');
    expect(await put(paused.name, 'start', { paused: true })).toBe(202);
    expect(await requestsOf(paused.name)).toEqual([{ action: 'Start', data: { paused: 'true' } }]);
    expect((await machineOf(paused.name)).spec.runStrategy).toBe('Halted');
  });

  test.each([
    ['Manual', undefined, ['Start']],
    ['Manual', 'Failed', ['Stop', 'Start']],
    ['RerunOnFailure', undefined, ['Start']],
    ['RerunOnFailure', 'Succeeded', ['Stop', 'Start']],
    ['WaitAsReceiver', undefined, undefined],
  ])(
    'SUB-04: a machine with %s and an instance in phase %s is asked to %j',
    async (strategy, phase, actions) => {
      const { name, uid } = await made(strategy, phase);
      expect(await put(name, 'start')).toBe(202);
      const requests = await requestsOf(name);
      expect(requests?.map(({ action }) => action)).toEqual(actions);
      if (phase !== undefined) expect(requests?.[0]?.uid).toBe(uid);
    },
  );
});

describe('stop', () => {
  test.each([
    ['without an instance', undefined, {}, undefined, 409],
    ['without a grace period', 'Running', {}, undefined, 409],
    ['with a grace period that is not shorter', 'Running', { grace: 10 }, 10, 409],
    ['with a shorter grace period', 'Running', { grace: 10 }, 9, 202],
    ['with any grace period, where there is none', 'Running', {}, 1000, 202],
    ['with an instance that has ended', 'Succeeded', { grace: 10 }, 9, 409],
  ])('SUB-05: a halted machine %s', async (_title, phase, more, gracePeriod, status) => {
    const { name, uid } = await made('Halted', phase, more);
    expect(await put(name, 'stop', gracePeriod === undefined ? {} : { gracePeriod })).toBe(status);
    expect(await requestsOf(name)).toEqual(status === 202 ? [{ action: 'Stop', uid }] : undefined);
  });

  test.each([
    ['Manual', undefined, 409],
    ['Manual', 'Failed', 409],
    ['RerunOnFailure', 'Succeeded', 409],
    ['RerunOnFailure', 'Running', 202],
    ['Always', undefined, 202],
    ['Once', 'Running', 202],
  ])(
    'SUB-06: a machine with %s and an instance in phase %s is answered %i',
    async (strategy, phase, status) => {
      const { name } = await made(strategy, phase);
      expect(await put(name, 'stop')).toBe(status);
      const halted = strategy === 'Always' || strategy === 'Once';
      expect((await machineOf(name)).spec.runStrategy).toBe(halted ? 'Halted' : strategy);
    },
  );

  test('SUB-07: a live instance has the grace period before it is stopped', async () => {
    const { name } = await made('Always', 'Running', { grace: 60 });
    expect(await put(name, 'stop', { gracePeriod: 3 })).toBe(202);
    const { spec } = await bench().client.virtualMachineInstances.get(name);
    expect(spec.terminationGracePeriodSeconds).toBe(3);
  });
});

describe('restart', () => {
  test('SUB-08: only a grace period of 0 can be asked for, which is one second in the end', async () => {
    const { name } = await made('Always', 'Running', { grace: 60 });
    expect(await put(name, 'restart', { gracePeriodSeconds: 1 })).toBe(400);
    expect(await put(name, 'restart', { gracePeriodSeconds: -1 })).toBe(400);
    const graceOf = async () =>
      (await bench().client.virtualMachineInstances.get(name)).spec.terminationGracePeriodSeconds;
    expect(await graceOf()).toBe(60);
    expect(await put(name, 'restart', { gracePeriodSeconds: 0 })).toBe(202);
    expect(await graceOf()).toBe(1);
    // A request waits already: the second restart fails, and its grace period with it.
    const patch = { spec: { terminationGracePeriodSeconds: 30 } };
    await bench().client.virtualMachineInstances.patch(name, { type: 'merge', body: patch });
    expect(await put(name, 'restart', { gracePeriodSeconds: 0 })).toBe(500);
    expect(await graceOf()).toBe(30);
  });

  test.each([
    ['Always', 'Running', [{ type: 'VolumesChange', status: 'True' as const }], 409],
    ['Halted', 'Running', undefined, 409],
    ['Once', 'Running', undefined, 409],
    ['Always', undefined, undefined, 409],
    ['Always', 'Running', undefined, 202],
    ['Manual', 'Succeeded', undefined, 202],
  ])(
    'SUB-09: %s with an instance in phase %s and %j is answered',
    async (strategy, phase, conditions, status) => {
      const { name, uid } = await made(strategy, phase, conditions === undefined ? {} : { conditions });
      expect(await put(name, 'restart')).toBe(status);
      expect(await requestsOf(name)).toEqual(
        status === 202 ? [{ action: 'Stop', uid }, { action: 'Start' }] : undefined,
      );
    },
  );
});

test('SUB-10: requests that wait are in the way, except of a lone stop, which replaces them', async () => {
  const { name, uid } = await made('Manual', 'Running');
  expect(await put(name, 'restart')).toBe(202);
  expect(await put(name, 'restart')).toBe(500);
  expect(await put(name, 'stop')).toBe(202);
  expect(await requestsOf(name)).toEqual([{ action: 'Stop', uid }]);
});

test('SUB-10: a request forgets the failures of earlier starts', async () => {
  const startFailure = { consecutiveFailCount: 3 };
  const name = await bench().machine({ runStrategy: 'Manual' }, { startFailure });
  expect(await put(name, 'start')).toBe(202);
  expect((await machineOf(name)).status?.startFailure).toBeUndefined();
});

describe('migrate', () => {
  const migrations = async () =>
    (await bench().client.resource(resources.virtualMachineInstanceMigrations).list({ namespace: 'default' }))
      .items;

  test('SUB-11: only a machine that runs is migrated, by an object of its own', async () => {
    const { name } = await made('Always', 'Scheduled');
    expect(await put(name, 'migrate')).toBe(409);
    expect(await put('nobody', 'migrate')).toBe(404);
    const running = await made('Always', 'Running');
    const addedNodeSelector = { zone: 'a' };
    expect(await put(running.name, 'migrate', { addedNodeSelector, dryRun: ['All'] })).toBe(202);
    expect(await migrations()).toEqual([]);
    expect(await put(running.name, 'migrate', { addedNodeSelector })).toBe(202);
    const [migration] = await migrations();
    expect(migration?.metadata.name).toMatch(/^kubevirt-migrate-vm-/);
    expect(migration?.spec).toEqual({ vmiName: running.name, addedNodeSelector });
  });
});
