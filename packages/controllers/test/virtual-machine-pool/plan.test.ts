import type { VirtualMachinePoolSpec } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { planPool, type PoolObservation, type PoolPlan } from '../../src/index.ts';
import { copyOf, deletionTimestamp, memberOf, now, observe, poolOf, templateOf } from './pools.ts';

/** The steps in short: what is done to which object. */
function short({ steps }: PoolPlan): string[] {
  return steps.map((step) => {
    if ('machine' in step) {
      const preserve = 'preserve' in step && step.preserve ? ' preserving' : '';
      return `${step.kind} ${step.machine.metadata.name ?? ''}${preserve}`;
    }
    if ('instance' in step) return `${step.kind} ${step.instance.metadata.name ?? ''}`;
    if ('revision' in step) return `${step.kind} ${step.revision.metadata.name ?? ''}`;
    return step.kind;
  });
}

const plan = (facts: Parameters<typeof observe>[0]) => planPool(observe(facts));
const stepsOf = (facts: Parameters<typeof observe>[0]) => short(plan(facts));

describe('scaling a pool', () => {
  const pool = poolOf();
  const [zero, one, two] = [0, 1, 2].map((ordinal) => memberOf(pool, ordinal)) as [
    PoolObservation['members'][0],
    PoolObservation['members'][0],
    PoolObservation['members'][0],
  ];

  it('keeps a copy of its spec, then makes machines under the lowest free numbers', () => {
    expect(stepsOf({ pool, revisions: [] })).toEqual(['store-revision db-1']);
    expect(stepsOf({ pool })).toEqual(['create db-0', 'create db-1']);
    expect(stepsOf({ pool, members: [zero] })).toEqual(['create db-1']);
    // A name that somebody else's machine has is not free.
    expect(stepsOf({ pool, names: new Set(['db-0', 'db-2']) })).toEqual(['create db-1', 'create db-3']);
    expect(stepsOf({ pool: poolOf({ replicas: 1000 }) })).toHaveLength(250);
    expect(stepsOf({ pool: poolOf({ replicas: undefined }) })).toEqual(['create db-0']);
  });

  it.each<[string, VirtualMachinePoolSpec['scaleInStrategy'], string[]]>([
    [
      'the lowest numbers',
      { proactive: { selectionPolicy: { sortPolicy: 'AscendingOrder' } } },
      ['delete db-0'],
    ],
    [
      'the highest numbers',
      { proactive: { selectionPolicy: { sortPolicy: 'DescendingOrder' } } },
      ['delete db-2'],
    ],
    [
      'those whose disks stay',
      { proactive: { statePreservation: 'Online', selectionPolicy: { sortPolicy: 'AscendingOrder' } } },
      ['delete db-0 preserving'],
    ],
    ['none that others must delete', { opportunistic: {} }, []],
    ['none that it does not manage', { unmanaged: {} }, []],
  ])('deletes %s', (_name, scaleInStrategy, expected) => {
    expect(stepsOf({ pool: poolOf({ scaleInStrategy }), members: [one, zero, two] })).toEqual(expected);
  });

  it('deletes by age', () => {
    const aged = [zero, one].map((member, index) => ({
      ...member,
      machine: {
        ...member.machine,
        metadata: { ...member.machine.metadata, creationTimestamp: `2026-01-0${2 - index}T00:00:00Z` },
      },
    }));
    const by = (sortPolicy: 'Oldest' | 'Newest') => {
      const scaleInStrategy = { proactive: { selectionPolicy: { sortPolicy } } };
      return stepsOf({ pool: poolOf({ replicas: 1, scaleInStrategy }), members: aged });
    };
    expect(by('Oldest')).toEqual(['delete db-1']);
    expect(by('Newest')).toEqual(['delete db-0']);
  });

  it('deletes at random unless told otherwise', () => {
    const numbers = [0.9, 0.1, 0.5];
    const random = () => numbers.shift() ?? 0;
    expect(stepsOf({ pool, members: [zero, one, two], random })).toEqual(['delete db-1']);
  });

  it('deletes only what its selectors choose, which must all match', () => {
    const placed = (zone: string, tier: string) => ({
      metadata: { labels: { tier } },
      spec: { domain: { devices: {} }, nodeSelector: { zone } },
    });
    const members = [zero, one, two].map((member, index) => ({
      ...member,
      machine: {
        ...member.machine,
        spec: { template: placed(index === 0 ? 'a' : 'b', index === 1 ? 'x' : 'y') },
      },
    }));
    const selectors = {
      labelSelector: { matchLabels: { tier: 'y' } },
      nodeSelectorRequirementMatcher: [{ key: 'zone', operator: 'In' as const, values: ['b'] }],
    };
    const scaleInStrategy = { proactive: { selectionPolicy: { selectors } } };
    expect(stepsOf({ pool: poolOf({ replicas: 0, scaleInStrategy }), members })).toEqual(['delete db-2']);
  });

  it('counts machines that are deleted already, and lets them go', () => {
    const going = memberOf(pool, 2, { deleting: true });
    expect(stepsOf({ pool, members: [zero, one, going] })).toEqual(['let-go db-2']);
    const keeping = poolOf({ scaleInStrategy: { opportunistic: { statePreservation: 'Offline' } } });
    expect(stepsOf({ pool: keeping, members: [zero, going] })).toEqual(['let-go db-2 preserving']);
    const left = poolOf({ scaleInStrategy: { unmanaged: {} } });
    expect(stepsOf({ pool: left, members: [zero, going] })).toEqual([]);
  });
});

describe('updating a pool', () => {
  const before = poolOf();
  const changed = (spec: Partial<VirtualMachinePoolSpec> = {}) =>
    poolOf({ virtualMachineTemplate: templateOf('two'), ...spec }, { generation: 2 });
  const both = (pool = changed()) => [copyOf(before, 1), copyOf(pool, 2)];
  const members = (state: Parameters<typeof memberOf>[2], count = 2) =>
    Array.from({ length: count }, (_, ordinal) => memberOf(changed(), ordinal, state));

  it('keeps the new spec, rewrites machines, then restarts instances', () => {
    const old = [memberOf(before, 0), memberOf(before, 1)];
    expect(stepsOf({ pool: changed(), members: old, revisions: [copyOf(before)] })).toEqual([
      'store-revision db-2',
    ]);
    expect(stepsOf({ pool: changed(), members: old, revisions: both() })).toEqual([
      'update db-0',
      'update db-1',
    ]);
    const updated = members({ made: 2, runs: 1 });
    expect(stepsOf({ pool: changed(), members: updated, revisions: both() })).toEqual([
      'restart db-0',
      'restart db-1',
    ]);
  });

  it('does not touch machines for a change of anything but the template', () => {
    const pool = poolOf({ maxUnavailable: 1 }, { generation: 2 });
    expect(stepsOf({ pool, members: members({}), revisions: [copyOf(before)] })).toEqual([]);
  });

  it.each<[string, VirtualMachinePoolSpec['updateStrategy'], string[], string[]]>([
    ['opportunistic', { opportunistic: {} }, ['update db-0', 'update db-1'], []],
    ['unmanaged', { unmanaged: {} }, [], []],
    ['proactive', { proactive: {} }, ['update db-0', 'update db-1'], ['restart db-0', 'restart db-1']],
  ])('%s', (_name, updateStrategy, machines, instances) => {
    const pool = changed({ updateStrategy });
    const old = [memberOf(before, 0), memberOf(before, 1)];
    expect(stepsOf({ pool, members: old, revisions: both(pool) })).toEqual(machines);
    expect(stepsOf({ pool, members: members({ made: 2, runs: 1 }), revisions: both(pool) })).toEqual(
      instances,
    );
  });

  it.each<[string, string, ReturnType<typeof templateOf>]>([
    ['relabel', 'is told the new revision', templateOf('one', { runStrategy: 'Manual' })],
    ['restart', 'goes when its template changed', templateOf('two')],
    [
      'recreate',
      'goes with its machine when the disks changed',
      templateOf('one', { dataVolumeTemplates: [{ metadata: { name: 'd' }, spec: {} }] }),
    ],
  ])('%s: an instance %s', (kind, _name, virtualMachineTemplate) => {
    const pool = changed({ virtualMachineTemplate, replicas: 1 });
    const member = memberOf(pool, 0, { made: 2, runs: 1 });
    expect(stepsOf({ pool, members: [member], revisions: both(pool) })).toEqual([`${kind} db-0`]);
  });

  it('restarts instances of unknown make, and leaves halted and stopping machines alone', () => {
    const pool = changed({ replicas: 3 });
    const list = [
      memberOf(pool, 0, { made: 2, runs: 7 }),
      memberOf(pool, 1, { made: 2, runs: null }),
      memberOf(pool, 2, { made: 2, runs: 1, stopping: true }),
    ];
    expect(stepsOf({ pool, members: list, revisions: both(pool) })).toEqual(['restart db-0']);
  });

  it.each<[string | number | undefined, number, number]>([
    [undefined, 4, 4],
    [1, 4, 1],
    ['50%', 4, 2],
    ['30%', 4, 1],
    ['1%', 4, 1],
  ])('takes at most %s of %d machines down: %d', (maxUnavailable, replicas, expected) => {
    const pool = changed({ replicas, maxUnavailable });
    const { steps, recheckAfterMs } = plan({
      pool,
      members: members({ made: 2, runs: 1 }, replicas),
      revisions: both(pool),
    });
    expect(steps).toHaveLength(expected);
    expect(recheckAfterMs).toBe(expected < replicas ? 3_000 : undefined);
  });

  it('counts what is unavailable already, and updates what is not ready at once', () => {
    const pool = changed({ replicas: 3, maxUnavailable: 1 });
    const list = [
      memberOf(pool, 0, { made: 2, runs: 1 }),
      memberOf(pool, 1, { made: 2, runs: 1, ready: false }),
      memberOf(pool, 2, { made: 2, runs: 2, stopping: true }),
    ];
    const { steps, recheckAfterMs } = plan({ pool, members: list, revisions: both(pool) });
    expect(short({ stage: 'FailedUpdate', steps })).toEqual(['restart db-1']);
    expect(recheckAfterMs).toBe(3_000);
  });

  it('waits until the number of machines is right', () => {
    const pool = changed({ scaleInStrategy: { opportunistic: {} }, replicas: 1 });
    expect(
      stepsOf({ pool, members: [memberOf(before, 0), memberOf(before, 1)], revisions: both(pool) }),
    ).toEqual([]);
  });

  it('prunes copies of its spec that nothing was made from', () => {
    const pool = changed();
    const settled = { pool, members: members({ made: 2 }) };
    expect(stepsOf({ ...settled, revisions: both() })).toEqual(['prune db-1']);
    expect(stepsOf({ ...settled, revisions: [copyOf(pool, 2)] })).toEqual([]);
  });
});

describe('healing a pool', () => {
  const failing = (status: object) => memberOf(poolOf(), 0, { machine: { status } });
  const notReady = (secondsAgo: number) => ({
    conditions: [
      { type: 'Ready', status: 'False', lastTransitionTime: new Date(now - secondsAgo * 1000).toISOString() },
    ],
  });
  const heal = (status: object, autohealing: VirtualMachinePoolSpec['autohealing'] = {}) =>
    plan({ pool: poolOf({ replicas: 1, autohealing }), members: [failing(status)] });

  it('replaces machines that failed to start too often, or for too long', () => {
    expect(short(heal({ startFailure: { consecutiveFailCount: 3 } }))).toEqual(['delete db-0']);
    expect(short(heal({ startFailure: { consecutiveFailCount: 2 } }))).toEqual([]);
    expect(
      short(heal({ startFailure: { consecutiveFailCount: 2 } }, { startUpFailureThreshold: 2 })),
    ).toEqual(['delete db-0']);
    expect(short(heal({ printableStatus: 'ErrImagePull', ...notReady(300) }))).toEqual(['delete db-0']);
    const waiting = heal({ printableStatus: 'ErrImagePull', ...notReady(200) });
    expect([short(waiting), waiting.recheckAfterMs]).toEqual([[], 100_000]);
    const sooner = { minFailingToStartDuration: '3m' };
    expect(short(heal({ printableStatus: 'CrashLoopBackOff', ...notReady(200) }, sooner))).toEqual([
      'delete db-0',
    ]);
    expect(heal({ printableStatus: 'Starting', ...notReady(9000) }).recheckAfterMs).toBeUndefined();
  });

  it('does not without being asked', () => {
    const members = [failing({ startFailure: { consecutiveFailCount: 9 } })];
    expect(stepsOf({ pool: poolOf({ replicas: 1 }), members })).toEqual([]);
  });
});

describe('the life of a pool', () => {
  const pool = poolOf();

  it('marks itself first, and releases machines, then itself at its end', () => {
    expect(stepsOf({ pool: poolOf({}, { finalizers: [] }) })).toEqual(['mark-pool']);
    const going = poolOf({}, { deletionTimestamp });
    expect(stepsOf({ pool: going, members: [memberOf(pool, 0)] })).toEqual(['let-go db-0']);
    expect(stepsOf({ pool: going })).toEqual(['release-pool']);
    expect(stepsOf({ pool: poolOf({}, { deletionTimestamp, finalizers: [] }) })).toEqual([]);
  });

  it('dismisses machines that match no more', () => {
    const member = memberOf(pool, 0);
    const strange = { ...member.machine, metadata: { ...member.machine.metadata, labels: {} } };
    expect(stepsOf({ pool, members: [{ ...member, machine: strange }] })).toEqual(['dismiss db-0']);
  });

  it('does nothing while it is paused or cannot select its own machines', () => {
    expect(stepsOf({ pool: poolOf({ paused: true }) })).toEqual([]);
    expect(stepsOf({ pool, selection: undefined })).toEqual([]);
  });
});
