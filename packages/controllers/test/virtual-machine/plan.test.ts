import { describe, expect, it } from 'vitest';
import type { RunStrategy, VirtualMachine, VirtualMachineInstance } from '@virtkit/core-types';
import { planMachine } from '../../src/index.ts';
import { instanceOf, machineOf, observationOf, revisionOf } from '../builders.ts';

const now = Date.UTC(2026, 0, 1);
const later = new Date(now + 30_000).toISOString();
const start = { action: 'Start' };
const stop = { action: 'Stop', uid: 'vmi-uid' };
const deleting = { deletionTimestamp: '2026-01-01T00:00:00Z' };

const plan = (machine: VirtualMachine, instance?: VirtualMachineInstance, nameTaken = false) =>
  planMachine(observationOf({ machine, instance, nameTaken, now }));

type Requests = NonNullable<NonNullable<VirtualMachine['status']>['stateChangeRequests']>;

// KubeVirt lifecycle, state machine: strategy, what is there, requests -> the next step.
const table: [RunStrategy, string, Requests, string][] = [
  ['Always', 'absent', [], 'start-instance'],
  ['Always', 'Running', [], 'none'],
  ['Always', 'Running', [stop, start], 'delete-instance'],
  ['Always', 'Running', [{ action: 'Stop', uid: 'another' }], 'none'],
  ['Always', 'Running', [{ action: 'Stop' }], 'none'],
  ['Always', 'Succeeded', [], 'delete-instance'],
  ['Always', 'Failed', [], 'delete-instance'],
  ['RerunOnFailure', 'absent', [], 'start-instance'],
  ['RerunOnFailure', 'absent, ran before', [], 'none'],
  ['RerunOnFailure', 'absent, ran before', [start], 'start-instance'],
  ['RerunOnFailure', 'Running', [], 'none'],
  ['RerunOnFailure', 'Running', [stop], 'delete-instance'],
  ['RerunOnFailure', 'Succeeded', [], 'delete-instance'],
  ['RerunOnFailure', 'Failed', [], 'request-start'],
  ['RerunOnFailure', 'Failed', [start], 'delete-instance'],
  ['Manual', 'absent', [], 'none'],
  ['Manual', 'absent', [start], 'start-instance'],
  ['Manual', 'absent', [stop, start], 'start-instance'],
  ['Manual', 'Running', [], 'none'],
  ['Manual', 'Running', [start], 'none'],
  ['Manual', 'Running', [stop], 'delete-instance'],
  ['Manual', 'Failed', [], 'release-instance'],
  ['Manual', 'Failed', [stop, start], 'delete-instance'],
  ['Halted', 'absent', [], 'none'],
  ['Halted', 'absent', [{ action: 'Start', data: { paused: 'true' } }], 'set-always'],
  ['Halted', 'Running', [], 'delete-instance'],
  ['Halted', 'Failed', [], 'delete-instance'],
  ['Once', 'absent', [], 'start-instance'],
  ['Once', 'Running', [], 'none'],
  ['Once', 'Succeeded', [], 'release-instance'],
  ['WaitAsReceiver', 'absent', [], 'refuse'],
];

describe('the next step of a machine', () => {
  it.each(table)('%s, instance %s, requests %j: %s', (runStrategy, there, stateChangeRequests, expected) => {
    const ranBefore = there.includes('ran before');
    const recorded = ranBefore || !there.startsWith('absent');
    const status = { stateChangeRequests, ...(recorded ? { runStrategy } : {}) };
    const machine = machineOf({ runStrategy }, status);
    const absent = there.startsWith('absent');
    // A guest that ran: its end is not a failed start.
    const phaseTransitionTimestamps = [{ phase: 'Running' }];
    const instance = absent ? undefined : instanceOf({ phase: there, phaseTransitionTimestamps });
    expect(plan(machine, instance).effect.kind).toBe(expected);
  });

  it.each(['Always', 'RerunOnFailure', 'Once'] as const)(
    '%s: lets a failed start go only when it is recorded',
    (runStrategy) => {
      const failed = instanceOf({ phase: 'Failed' }, deleting);
      expect(plan(machineOf({ runStrategy }), failed).effect.kind).toBe('none');
      const recorded = {
        runStrategy,
        startFailure: { lastFailedVMIUID: 'vmi-uid', consecutiveFailCount: 1 },
      };
      expect(plan(machineOf({ runStrategy }, recorded), failed).effect.kind).toBe('release-instance');
    },
  );

  it.each([
    ['Always', 30_000],
    ['RerunOnFailure', 30_000],
    ['Once', undefined],
    ['Manual', undefined],
  ] as const)('%s waits for the back-off: %s', (runStrategy, expected) => {
    const startFailure = { consecutiveFailCount: 2, retryAfterTimestamp: later };
    const result = plan(machineOf({ runStrategy }, { startFailure, stateChangeRequests: [start] }));
    expect(result.recheckAfterMs).toBe(expected);
    expect(result.effect.kind).toBe(expected === undefined ? 'start-instance' : 'none');
  });

  it('starts paused when the request says so', () => {
    const paused = { action: 'Start', data: { paused: 'true' } };
    const { effect } = plan(machineOf({ runStrategy: 'Manual' }, { stateChangeRequests: [paused] }));
    expect(effect).toMatchObject({ kind: 'start-instance', instance: { spec: { startStrategy: 'Paused' } } });
  });

  it.each([
    ['both fields', { running: true, runStrategy: 'Always' }, 'FailedCreate'],
    [
      'a data volume template',
      { running: true, dataVolumeTemplates: [{ spec: {} }] },
      'UnsupportedSyncError',
    ],
  ])('refuses %s', (_what, spec, reason) => {
    expect(plan(machineOf(spec)).effect).toMatchObject({ kind: 'refuse', reason });
  });

  it('refuses to start under a name that another owner uses', () => {
    expect(plan(machineOf({ running: true }), undefined, true).effect).toMatchObject({
      kind: 'refuse',
      reason: 'FailedCreate',
    });
  });

  it('marks first what admission did not', () => {
    const unmarked = machineOf({ running: true }, {}, { finalizers: undefined });
    expect(plan(unmarked).effect.kind).toBe('mark-machine');
  });

  it('writes down the identity of a machine that admission gave none, when there is nothing else to do', () => {
    const template = { spec: { domain: { devices: {} } } };
    expect(plan(machineOf({ runStrategy: 'Halted', template })).effect.kind).toBe('identify-machine');
    const running = machineOf({ runStrategy: 'Always', template });
    expect(plan(running, instanceOf()).effect.kind).toBe('identify-machine');
    expect(plan(running).effect.kind).toBe('start-instance');
    expect(plan(machineOf({ runStrategy: 'Halted' })).effect.kind).toBe('none');
  });

  it('adopts an instance of its name that nobody owns', () => {
    const orphan = instanceOf({ phase: 'Running' }, { ownerReferences: [] });
    expect(plan(machineOf({ running: true }), orphan).effect.kind).toBe('adopt-instance');
  });

  it('lets a running instance follow the generation when its template did not change', () => {
    const machine = machineOf({ running: true }, {}, { generation: 4 });
    expect(plan(machine, instanceOf()).effect.kind).toBe('bump-generation');
    const changed = {
      ...machine,
      spec: { ...machine.spec, template: { spec: { ...machine.spec.template.spec!, hostname: 'x' } } },
    };
    const observation = observationOf({
      machine: changed,
      instance: instanceOf(),
      startRevisions: [revisionOf(machine)],
    });
    expect(planMachine(observation).effect.kind).toBe('none');
  });

  it.each([
    ['a running instance', instanceOf(), 'delete-instance'],
    ['a stopping instance', instanceOf({ phase: 'Running' }, deleting), 'none'],
    ['an ended instance', instanceOf({ phase: 'Succeeded' }, deleting), 'release-instance'],
    ['no instance', undefined, 'release-machine'],
    ['a foreign instance', instanceOf({ phase: 'Running' }, { ownerReferences: [] }), 'release-machine'],
  ])('deletion with %s', (_what, instance, expected) => {
    expect(plan(machineOf({ running: true }, {}, deleting), instance).effect.kind).toBe(expected);
  });

  it('leaves the instance alone when the deletion orphans it', () => {
    const finalizers = ['orphan', 'kubevirt.io/virtualMachineControllerFinalize'];
    const machine = machineOf({ running: true }, {}, { ...deleting, finalizers });
    expect(plan(machine, instanceOf()).effect.kind).toBe('release-machine');
  });
});
