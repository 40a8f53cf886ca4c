import { describe, expect, it } from 'vitest';
import { getCondition, type PersistentVolumeClaim, type VirtualMachineInstance } from '@virtkit/core-types';
import { projectStatus } from '../../src/virtual-machine/project-status.ts';
import { isUrgent, onlyStarts } from '../../src/virtual-machine/status-timing.ts';
import type { MachineEffect } from '../../src/index.ts';
import { instanceOf, machineOf, observationOf, revisionOf } from '../builders.ts';

const now = Date.UTC(2026, 0, 1, 12);
const none: MachineEffect = { kind: 'none' };

function statusOf(
  instance: VirtualMachineInstance | undefined,
  options: {
    machine?: ReturnType<typeof machineOf>;
    effect?: MachineEffect;
    claims?: PersistentVolumeClaim[];
  } = {},
) {
  const machine = options.machine ?? machineOf({ runStrategy: 'Always' });
  const observation = observationOf({ machine, instance, now, claims: options.claims ?? [] });
  return projectStatus(observation, { effect: options.effect ?? none }, () => 0);
}

const condition = (type: string, status: string, reason?: string) => ({ type, status, reason });
const deleting = { deletionTimestamp: '2026-01-01T00:00:00Z' };
const claim: PersistentVolumeClaim = { metadata: { name: 'data' }, status: { phase: 'Pending' } };
const bound: PersistentVolumeClaim = { ...claim, status: { phase: 'Bound' } };
const crashed = machineOf({ runStrategy: 'Always' }, { startFailure: { consecutiveFailCount: 1 } });

describe('printable status', () => {
  it.each<[string, VirtualMachineInstance | undefined, Parameters<typeof statusOf>[1]]>([
    ['Terminating', instanceOf(), { machine: machineOf({}, {}, deleting) }],
    ['Stopping', instanceOf({ phase: 'Running' }, deleting), {}],
    ['Stopping', instanceOf(), { effect: { kind: 'delete-instance', instance: instanceOf() } }],
    [
      'Migrating',
      instanceOf({ phase: 'Running', migrationState: { startTimestamp: '2026-01-01T00:00:00Z' } }),
      {},
    ],
    [
      'Paused',
      instanceOf({ phase: 'Running', conditions: [condition('Paused', 'True', 'PausedByUser')] }),
      {},
    ],
    ['Running', instanceOf(), {}],
    [
      'ErrorPvcNotFound',
      instanceOf({ phase: 'Pending', conditions: [condition('Synchronized', 'False', 'FailedPvcNotFound')] }),
      {},
    ],
    [
      'ErrorUnschedulable',
      instanceOf({ phase: 'Scheduling', conditions: [condition('PodScheduled', 'False', 'Unschedulable')] }),
      {},
    ],
    [
      'ErrImagePull',
      instanceOf({ phase: 'Scheduling', conditions: [condition('Synchronized', 'False', 'ErrImagePull')] }),
      {},
    ],
    [
      'ImagePullBackOff',
      instanceOf({
        phase: 'Scheduling',
        conditions: [condition('Synchronized', 'False', 'ImagePullBackOff')],
      }),
      {},
    ],
    ['WaitingForVolumeBinding', instanceOf({ phase: 'Scheduling' }), { claims: [bound, claim] }],
    ['WaitingForVolumeBinding', undefined, { claims: [claim] }],
    ['Stopped', undefined, { claims: [claim], machine: machineOf({ runStrategy: 'Halted' }) }],
    ['Starting', instanceOf({ phase: 'Scheduling' }), { claims: [bound] }],
    ['Running', instanceOf(), { claims: [claim] }],
    ['Starting', instanceOf({}), {}],
    ['Starting', instanceOf({ phase: 'Scheduled' }), {}],
    ['CrashLoopBackOff', undefined, { machine: crashed }],
    ['CrashLoopBackOff', instanceOf({ phase: 'Failed' }), {}],
    ['Stopped', instanceOf({ phase: 'Succeeded', phaseTransitionTimestamps: [{ phase: 'Running' }] }), {}],
    ['Stopped', undefined, {}],
    ['Unknown', instanceOf({ phase: 'Unknown' }), {}],
  ])('%s', (expected, instance, options) => {
    expect(statusOf(instance, options).printableStatus).toBe(expected);
  });
});

describe('status of a machine', () => {
  it('mirrors the conditions of its instance and drops what the instance no longer has', () => {
    const machine = machineOf(
      {},
      { conditions: [condition('Paused', 'True'), condition('Failure', 'True', 'FailedCreate')] },
    );
    const conditions = [
      condition('Ready', 'True'),
      condition('LiveMigratable', 'False', 'DisksNotLiveMigratable'),
    ];
    const status = statusOf(instanceOf({ phase: 'Running', conditions }), { machine });
    expect(status.conditions?.map(({ type }) => type).sort()).toEqual(['LiveMigratable', 'Ready']);
    expect(status).toMatchObject({ ready: true, created: true });
  });

  it('leaves mirrored conditions alone once the instance is gone', () => {
    const machine = machineOf(
      {},
      { conditions: [condition('AgentConnected', 'True'), condition('Ready', 'True')] },
    );
    const { conditions, ready } = statusOf(undefined, { machine });
    expect(getCondition(conditions, 'AgentConnected')?.status).toBe('True');
    expect(getCondition(conditions, 'Ready')).toMatchObject({ status: 'False', reason: 'VMINotExists' });
    expect(ready).toBeUndefined();
  });

  it('asks for a restart while the template differs from the running instance', () => {
    const started = machineOf({ runStrategy: 'Always' });
    const changed = {
      ...started,
      spec: { ...started.spec, template: { spec: { domain: { devices: {}, cpu: { cores: 4 } } } } },
    };
    const observation = observationOf({
      machine: changed,
      instance: instanceOf(),
      startRevisions: [revisionOf(started)],
      now,
    });
    const status = projectStatus(observation, { effect: none }, () => 0);
    expect(getCondition(status.conditions, 'RestartRequired')?.status).toBe('True');
    const reverted = projectStatus(
      { ...observation, machine: { ...started, status } },
      { effect: none },
      () => 0,
    );
    expect(getCondition(reverted.conditions, 'RestartRequired')).toBeUndefined();
  });

  it('records the strategy from the first instance on', () => {
    const machine = machineOf({ runStrategy: 'RerunOnFailure' });
    expect(statusOf(undefined, { machine }).runStrategy).toBeUndefined();
    expect(statusOf(instanceOf(), { machine }).runStrategy).toBe('RerunOnFailure');
  });

  it('drops a start that is carried out, and a stop of an instance that is gone', () => {
    const stateChangeRequests = [{ action: 'Stop', uid: 'vmi-uid' }, { action: 'Start' }];
    const machine = machineOf({ runStrategy: 'Manual' }, { stateChangeRequests });
    expect(statusOf(instanceOf(), { machine }).stateChangeRequests).toEqual(stateChangeRequests);
    expect(statusOf(undefined, { machine }).stateChangeRequests).toEqual([{ action: 'Start' }]);
    expect(statusOf(instanceOf({}, { uid: 'new' }), { machine }).stateChangeRequests).toBeUndefined();
  });

  it('waits for company with a new reason alone, not with anything else', () => {
    const before = statusOf(instanceOf({ phase: 'Pending' }));
    const reason = statusOf(
      instanceOf({ phase: 'Scheduled', conditions: [condition('Ready', 'False', 'GuestNotRunning')] }),
    );
    expect(isUrgent(before, reason)).toBe(false);
    expect(isUrgent(before, statusOf(instanceOf()))).toBe(true);
    expect(isUrgent(undefined, before)).toBe(true);
    const dump = { claimName: 'dump', phase: 'Associating' } as const;
    const associated = { ...before, memoryDumpRequest: { ...dump, phase: 'InProgress' } as const };
    expect(isUrgent({ ...before, memoryDumpRequest: dump }, associated)).toBe(true);
  });

  it('waits with the news that a machine starts, unless there is more to say or to remember', () => {
    const starting = instanceOf({ phase: 'Pending' });
    const status = statusOf(starting);
    expect(status.printableStatus).toBe('Starting');
    expect(onlyStarts(undefined, status)).toBe(true);
    expect(onlyStarts(status, status)).toBe(false);
    expect(onlyStarts(undefined, statusOf(instanceOf()))).toBe(false);
    const rerun = statusOf(starting, { machine: machineOf({ runStrategy: 'RerunOnFailure' }) });
    expect(rerun.printableStatus).toBe('Starting');
    expect(onlyStarts(undefined, rerun)).toBe(false);
    const failure = condition('Failure', 'True', 'FailedCreate');
    expect(onlyStarts(undefined, { ...status, conditions: [failure] })).toBe(false);
    expect(onlyStarts(undefined, { ...status, startFailure: { consecutiveFailCount: 1 } })).toBe(false);
  });
});
