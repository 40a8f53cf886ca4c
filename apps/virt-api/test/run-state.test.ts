import type { VirtualMachine, VirtualMachineInstance } from '@virtkit/core-types';
import { expect, test } from 'vitest';
import type { Decision } from '../src/subresources/run-state/decision.ts';
import { decideRestart } from '../src/subresources/run-state/restart.ts';
import { decideStart } from '../src/subresources/run-state/start.ts';
import { decideStop } from '../src/subresources/run-state/stop.ts';
import { instanceSpec } from '@virtkit/testing/instance-specs';

function machine(strategy: string | boolean, status?: VirtualMachine['status']): VirtualMachine {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name: 'vm', namespace: 'default', resourceVersion: '7' },
    spec: {
      ...(typeof strategy === 'boolean' ? { running: strategy } : { runStrategy: strategy }),
      template: { spec: instanceSpec() },
    },
    ...(status === undefined ? {} : { status }),
  };
}

function instance(phase: string, terminationGracePeriodSeconds?: number): VirtualMachineInstance {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name: 'vm', namespace: 'default', uid: 'uid-1' },
    spec: {
      ...instanceSpec(),
      ...(terminationGracePeriodSeconds === undefined ? {} : { terminationGracePeriodSeconds }),
    },
    status: { phase },
  };
}

/** A decision in a few words. */
function summary(decision: Decision): string {
  switch (decision.kind) {
    case 'refused':
      return decision.code;
    case 'nothing':
      return 'nothing';
    case 'patch': {
      const values = decision.operations.flatMap((operation) =>
        operation.op === 'add' || operation.op === 'replace' ? [operation.value] : [],
      );
      const grace = decision.gracePeriodSeconds;
      return `${decision.part} ${JSON.stringify(values)}${grace === undefined ? '' : ` grace ${grace}`}`;
    }
  }
}

const stop = '{"action":"Stop","uid":"uid-1"}';
const start = '{"action":"Start"}';
const inStatus = (...requests: string[]): string => `status [[${requests.join(',')}]]`;
const ready: VirtualMachine['status'] = { ready: true };

test.each([
  ['Halted', undefined, false, 'spec ["Always"]'],
  [false, undefined, false, 'spec [true]'],
  ['Halted', undefined, true, inStatus('{"action":"Start","data":{"paused":"true"}}')],
  ['Halted', 'Running', false, 'Conflict'],
  ['Manual', undefined, false, inStatus(start)],
  ['Manual', 'Failed', false, inStatus(stop, start)],
  ['RerunOnFailure', 'Succeeded', false, inStatus(stop, start)],
  ['RerunOnFailure', 'Failed', false, 'Conflict'],
  ['RerunOnFailure', undefined, false, inStatus(start)],
  ['Always', undefined, false, 'Conflict'],
  [true, undefined, false, 'Conflict'],
  ['Once', undefined, false, 'Conflict'],
  ['WaitAsReceiver', undefined, false, 'nothing'],
])('start: %s with an instance %s, paused %s: %s', (strategy, phase, paused, expected) => {
  const present = phase === undefined ? undefined : instance(phase);
  expect(summary(decideStart(machine(strategy, ready), present, { paused }))).toBe(expected);
});

test.each([
  ['Always', 'Running', undefined, 'spec ["Halted"]'],
  ['Always', 'Running', 5, 'spec ["Halted"] grace 5'],
  ['Always', 'Succeeded', 5, 'spec ["Halted"]'],
  [true, undefined, undefined, 'spec [false]'],
  ['Once', 'Running', undefined, 'spec ["Halted"]'],
  ['Manual', 'Running', undefined, inStatus(stop)],
  ['Manual', 'Succeeded', undefined, 'Conflict'],
  ['RerunOnFailure', undefined, undefined, 'Conflict'],
  ['Halted', undefined, undefined, 'Conflict'],
  ['Halted', 'Running', undefined, 'Conflict'],
  ['Halted', 'Running', 30, 'Conflict'],
  ['Halted', 'Running', 5, `${inStatus(stop)} grace 5`],
  ['Manual', 'Running', -1, 'BadRequest'],
  ['WaitAsReceiver', 'Running', undefined, 'nothing'],
])('stop: %s with an instance %s, grace period %s: %s', (strategy, phase, gracePeriod, expected) => {
  const present = phase === undefined ? undefined : instance(phase, 30);
  expect(summary(decideStop(machine(strategy, ready), present, { gracePeriod }))).toBe(expected);
});

test.each([
  ['Always', 'Running', undefined, inStatus(stop, start)],
  ['Always', 'Running', 0, `${inStatus(stop, start)} grace 1`],
  ['Manual', 'Running', 5, 'BadRequest'],
  ['Manual', 'Running', -5, 'BadRequest'],
  ['Halted', 'Running', undefined, 'Conflict'],
  ['Once', 'Running', undefined, 'Conflict'],
  ['Always', undefined, undefined, 'Conflict'],
])(
  'restart: %s with an instance %s, grace period %s: %s',
  (strategy, phase, gracePeriodSeconds, expected) => {
    const present = phase === undefined ? undefined : instance(phase);
    expect(summary(decideRestart(machine(strategy, ready), present, { gracePeriodSeconds }))).toBe(expected);
  },
);

test('a request that waits is in the way, except of a lone stop', () => {
  const waiting = machine('Manual', { stateChangeRequests: [{ action: 'Start' }] });
  expect(summary(decideStart(waiting, undefined, {}))).toBe('InternalError');
  expect(decideStop(waiting, instance('Running'), {})).toMatchObject({
    operations: [
      { op: 'test', path: '/status/stateChangeRequests', value: [{ action: 'Start' }] },
      { op: 'add', path: '/status/stateChangeRequests', value: [{ action: 'Stop', uid: 'uid-1' }] },
    ],
  });
});

test('without a list of requests the version of the object is tested, and a start failure is forgotten', () => {
  expect(decideStart(machine('Manual'), undefined, {})).toMatchObject({
    operations: [
      { op: 'test', path: '/metadata/resourceVersion', value: '7' },
      { op: 'add', path: '/status' },
    ],
  });
  const failed = machine('Manual', { startFailure: { consecutiveFailCount: 2 } });
  expect(decideStart(failed, undefined, {})).toMatchObject({
    operations: [{ op: 'test' }, { op: 'add' }, { op: 'remove', path: '/status/startFailure' }],
  });
});

test('a machine that must be recovered by hand is not started', () => {
  const conditions = [{ type: 'ManualRecoveryRequired', status: 'True' as const }];
  expect(summary(decideStart(machine('Halted', { conditions }), undefined, {}))).toBe('Conflict');
});
