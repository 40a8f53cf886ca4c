import { describe, expect, test } from 'vitest';
import { subresourceBench, type InstanceChange } from '../support/subresource-bench.ts';

const bench = subresourceBench();

const paused = { conditions: [{ type: 'Paused', status: 'True' as const }] };
const connected = { conditions: [{ type: 'AgentConnected', status: 'True' as const }] };
const path = (name: string, operation: string) => `virtualmachineinstances/${name}/${operation}`;
const statusOf = async (operation: string, change: InstanceChange, body?: object): Promise<number> =>
  (await bench().ask('PUT', path(await bench().instance(change), operation), body)).status;

const scheduled = { status: { phase: 'Scheduled' } };
const noAcpi = { domain: { devices: {}, features: { acpi: { enabled: false } } } };

describe('pause', () => {
  test.each<[string, InstanceChange, number]>([
    ['runs', {}, 200],
    ['does not run', scheduled, 409],
    ['has a probe that asks the agent', { spec: { livenessProbe: { guestAgentPing: {} } } }, 200],
    ['has another probe', { spec: { livenessProbe: { httpGet: { port: 80 } } } }, 403],
    ['is paused', { status: paused }, 409],
  ])('SUB-12: an instance that %s', async (_title, change, status) => {
    expect(await statusOf('pause', change)).toBe(status);
    expect(bench().agent.calls).toHaveLength(status === 200 ? 1 : 0);
  });

  test('SUB-12: a dry run makes the checks only', async () => {
    expect(await statusOf('pause', {}, { dryRun: ['All'] })).toBe(200);
    expect(await statusOf('pause', { status: paused }, { dryRun: ['All'] })).toBe(409);
    expect(bench().agent.calls).toEqual([]);
    // Only the first element says that it is one.
    expect(await statusOf('pause', {}, { dryRun: ['None', 'All'] })).toBe(200);
    expect(bench().agent.calls).toHaveLength(1);
  });
});

describe('unpause', () => {
  test.each<[string, InstanceChange, number]>([
    ['is paused', { status: paused }, 200],
    ['does not run', scheduled, 409],
    ['is not paused', {}, 409],
  ])('SUB-13: an instance that %s', async (_title, change, status) => {
    expect(await statusOf('unpause', change)).toBe(status);
  });

  test('SUB-13: an instance whose machine is being copied stays paused', async () => {
    const name = await bench().machine({}, { snapshotInProgress: 'copy' });
    const { status, body } = await bench().ask(
      'PUT',
      path(await bench().instance({ name, status: paused }), 'unpause'),
    );
    expect([status, (body['details'] as { kind: string }).kind]).toEqual([409, 'virtualmachine']);
    expect(bench().agent.calls).toEqual([]);
  });
});

describe('freeze, unfreeze and backup', () => {
  test.each(['freeze', 'unfreeze', 'backup'])('SUB-14: %s wants a guest that runs', async (operation) => {
    expect(await statusOf(operation, scheduled, {})).toBe(409);
    expect(bench().agent.calls).toEqual([]);
  });

  test('SUB-14: the node agent is told how long to freeze, and judges it', async () => {
    bench().agent.onCall = () => ({ status: 202 });
    expect(await statusOf('freeze', {}, { unfreezeTimeout: '5m0s' })).toBe(200);
    expect(bench().agent.bodies).toEqual(['{"unfreezeTimeout":"5m0s"}']);
    expect(await statusOf('unfreeze', {})).toBe(200);
    for (const body of [['not options'], { unfreezeTimeout: 5 }, { unfreezeTimeout: 'soon' }])
      expect(await statusOf('freeze', {}, body)).toBe(400);
    bench().agent.onCall = () => ({ status: 400, body: 'for how long?' });
    expect(await statusOf('freeze', {})).toBe(500);
  });

  test('SUB-14: a backup is not carried', async () => {
    const answer = await bench().ask('PUT', path(await bench().instance(), 'backup'), {});
    expect([answer.status, answer.body['reason']]).toEqual([501, 'NotImplemented']);
    expect(await statusOf('backup', {}, ['not options'])).toBe(400);
  });
});

describe('softreboot', () => {
  test.each<[string, InstanceChange, number]>([
    ['runs', {}, 200],
    ['does not run', scheduled, 409],
    ['is paused', { status: paused }, 409],
    ['has neither ACPI nor an agent', { spec: noAcpi }, 409],
    ['has an agent, but no ACPI', { spec: noAcpi, status: connected }, 200],
  ])('SUB-15: an instance that %s', async (_title, change, status) => {
    expect(await statusOf('softreboot', change)).toBe(status);
  });
});

test('SUB-16: a reset does not look at the phase, but says it when it fails', async () => {
  expect(await statusOf('reset', scheduled)).toBe(200);
  bench().agent.onCall = () => ({ status: 409, body: 'in the way' });
  const there = await bench().ask('PUT', path(await bench().instance(scheduled), 'reset'));
  expect(there.status).toBe(500);
  expect(there.body['message']).toMatch(/Scheduled.*in the way/);
  const running = await bench().ask('PUT', path(await bench().instance(), 'reset'));
  expect(running.body['message']).not.toMatch(/Running/);
});

test('SUB-17: a checkpoint wants changed blocks to be tracked', async () => {
  expect(await statusOf('redefine-checkpoint', {}, {})).toBe(409);
  const tracked = { status: { changedBlockTracking: { state: 'Enabled' } } };
  expect(await statusOf('redefine-checkpoint', tracked, {})).toBe(501);
});

describe('what goes to the node agent', () => {
  test('SUB-18: an instance that is on no node cannot be reached', async () => {
    for (const phase of ['Pending', 'Scheduling', 'Succeeded'])
      expect(await statusOf('reset', { status: { phase } })).toBe(400);
    expect(await statusOf('reset', { status: { nodeName: 'gone' } })).toBe(400);
  });

  test.each([400, 404, 409, 503])('SUB-18: its answer %i becomes 500', async (status) => {
    bench().agent.onCall = () => ({ status, body: 'no' });
    const answer = await bench().ask('PUT', path(await bench().instance(), 'softreboot'));
    expect([answer.status, answer.body['kind']]).toEqual([500, 'Status']);
  });
});

describe.each(['guestosinfo', 'userlist', 'filesystemlist'])('%s', (operation) => {
  const ask = async (change: InstanceChange) =>
    bench().ask('GET', path(await bench().instance(change), operation));

  test('SUB-19: is answered as the agent answers', async () => {
    bench().agent.onCall = () => ({ status: 200, contentType: 'application/json', body: '{"a":1}' });
    expect(await ask({ status: connected })).toMatchObject({ status: 200, body: { a: 1 } });
  });

  test('SUB-19: fails with 500 and plain text, whatever is the matter', async () => {
    bench().agent.onCall = () => ({ status: 503, body: 'the agent is away' });
    const answers = [
      await ask({}),
      await ask({ status: { phase: 'Scheduled', ...connected } }),
      await ask({ status: connected }),
      await bench().ask('GET', path('nobody', operation)),
    ];
    for (const { status, contentType, text } of answers) {
      expect([status, contentType]).toEqual([500, 'text/plain']);
      expect(text).not.toBe('');
    }
  });
});

describe('bodies', () => {
  test('may be YAML, and say more than is asked', async () => {
    const name = await bench().instance();
    const { status } = await bench().ask('PUT', path(name, 'pause'), 'dryRun:\n- All\nkind: PauseOptions\n');
    expect(status).toBe(200);
    expect(bench().agent.calls).toEqual([]);
  });

  test.each(['{"dryRun": "All"}', '[1', 'a: b\n---\nc: d\n', 'words'])('%j is refused', async (body) => {
    const answer = await bench().ask('PUT', path(await bench().instance(), 'pause'), body);
    expect([answer.status, answer.body['reason']]).toEqual([400, 'BadRequest']);
  });
});

test.each([
  ['GET', 405],
  ['PUT', 404],
] as const)('what does not exist, or not for %s, is refused with %i', async (method, status) => {
  const operation = status === 405 ? 'pause' : 'nonsense';
  expect((await bench().ask(method, path(await bench().instance(), operation))).status).toBe(status);
});
