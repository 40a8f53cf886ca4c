import type { VirtualMachineInstance } from '@virtkit/core-types';
import type { GuestInfo, MachineState, Observed } from '@virtkit/hal';
import { describe, expect, it } from 'vitest';
import { projectStatus, requiredAgentCommands, type StatusInput } from '../src/index.ts';
import { instance, now, observation } from './instances.ts';

type StopReason = Extract<MachineState, { kind: 'stopped' }>['reason'];
const stopped = (reason: StopReason): MachineState => ({ kind: 'stopped', reason });

/** The status of an instance after it was looked at. */
function seen(
  state: MachineState | undefined,
  change: Partial<StatusInput> = {},
  prepare: (vmi: VirtualMachineInstance) => void = () => undefined,
) {
  const vmi = instance();
  vmi.status = { phase: 'Running', conditions: [] };
  prepare(vmi);
  return projectStatus({
    instance: vmi,
    observed: state && observation({ state }),
    lost: false,
    guest: undefined,
    podAddresses: {},
    failure: undefined,
    now,
    ...change,
  });
}
const condition = (status: ReturnType<typeof seen>, type: string) =>
  status.conditions?.find((one) => one.type === type);
const scheduled = (vmi: VirtualMachineInstance): void => void (vmi.status!.phase = 'Scheduled');
const had = (type: string) => (vmi: VirtualMachineInstance) =>
  void (vmi.status!.conditions = [{ type, status: 'True', reason: 'PausedByUser' }]);
const withAgent: Observed = observation({ guestAgent: { connected: true } });
const agent = (...supportedCommands: string[]): GuestInfo => ({
  agentVersion: '7.2.0',
  supportedCommands,
  interfaces: [],
});

describe('what the state of a domain makes of the phase', () => {
  it('DOM-11.9, DOM-11.10: a launcher that does not answer changes nothing, one that is gone fails the instance', () => {
    expect(seen(undefined).phase).toBe('Running');
    expect(seen(undefined, { lost: true }).phase).toBe('Failed');
  });

  it('DOM-11.11: without a domain an instance stays scheduled', () => {
    expect(seen(undefined, {}, scheduled).phase).toBe('Scheduled');
  });

  it.each<[string, MachineState, string]>([
    ['DOM-11.12', stopped('crashed'), 'Failed'],
    ['DOM-11.12', stopped('panicked'), 'Failed'],
    ['DOM-11.14', stopped('shutdown'), 'Succeeded'],
    ['DOM-11.14', stopped('saved'), 'Succeeded'],
    ['DOM-11.15', stopped('migrated'), 'Running'],
    ['DOM-11.16', { kind: 'paused', reason: 'post-copy-failed' }, 'Failed'],
    ['DOM-11.17', { kind: 'running' }, 'Running'],
    ['DOM-11.17', { kind: 'paused', reason: 'io-error' }, 'Running'],
  ])('%s: %j becomes %s', (_id, state, phase) => {
    expect(seen(state).phase).toBe(phase);
  });

  it.each<[what: string, phase: string, prepare: (vmi: VirtualMachineInstance) => void]>([
    ['that had time to obey failed', 'Failed', () => undefined],
    ['without time did not', 'Succeeded', ({ spec }) => (spec.terminationGracePeriodSeconds = 0)],
    [
      'that could not hear did not',
      'Succeeded',
      ({ spec }) => (spec.domain.features = { acpi: { enabled: false } }),
    ],
  ])('DOM-11.13: a destroyed guest %s', (_what, phase, prepare) => {
    expect(seen(stopped('destroyed'), {}, prepare).phase).toBe(phase);
  });
});

describe('what the state of a domain makes of the conditions', () => {
  it.each<[MachineState, object | undefined]>([
    [
      { kind: 'paused', reason: 'user' },
      { status: 'True', reason: 'PausedByUser' },
    ],
    [
      { kind: 'paused', reason: 'io-error' },
      { status: 'True', reason: 'PausedIOError' },
    ],
  ])('DOM-11.18: %j is a pause', (state, expected) => {
    expect(condition(seen(state), 'Paused')).toMatchObject(expected!);
  });

  it('DOM-11.18: a guest that runs again is not paused', () => {
    expect(condition(seen({ kind: 'running' }, {}, had('Paused')), 'Paused')).toBeUndefined();
  });

  it('DOM-11.19: the agent is connected while its channel is', () => {
    expect(condition(seen(undefined, { observed: withAgent }), 'AgentConnected')).toMatchObject({
      status: 'True',
    });
    expect(condition(seen({ kind: 'running' }, {}, had('AgentConnected')), 'AgentConnected')).toBeUndefined();
  });

  it('DOM-11.20: an agent without a basic command is not supported', () => {
    const look = (guest: GuestInfo) =>
      condition(seen(undefined, { observed: withAgent, guest }), 'AgentVersionNotSupported');
    expect(look(agent('guest-ping'))).toMatchObject({
      status: 'True',
      reason: "This guest agent doesn't support required basic commands",
    });
    expect(look(agent(...requiredAgentCommands))).toBeUndefined();
  });

  it('DOM-11.24: an attempt that failed is told, and one that did not takes it back', () => {
    expect(condition(seen({ kind: 'running' }, { failure: 'no space' }), 'Synchronized')).toMatchObject({
      status: 'False',
      reason: 'Synchronizing with the Domain failed.',
      message: 'no space',
    });
    expect(condition(seen({ kind: 'running' }, {}, had('Synchronized')), 'Synchronized')).toBeUndefined();
  });
});
