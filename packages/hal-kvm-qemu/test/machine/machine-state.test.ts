import { describe, expect, it } from 'vitest';
import type { MachineState } from '@virtkit/hal';
import { machineState } from '../../src/machine/observe.ts';
import type { DomainState } from '../../src/native/index.ts';

const started = { startedAt: '2026-01-01T00:00:00.000Z' };

describe('state of a machine from the state of its domain', () => {
  it.each<[DomainState, object, MachineState]>([
    [{ state: 'shutoff', reason: 'unknown' }, {}, { kind: 'defined' }],
    [{ state: 'shutoff', reason: 'shutdown' }, started, { kind: 'stopped', reason: 'shutdown' }],
    [{ state: 'shutoff', reason: 'destroyed' }, started, { kind: 'stopped', reason: 'destroyed' }],
    [{ state: 'shutoff', reason: 'daemon' }, started, { kind: 'stopped', reason: 'unknown' }],
    [{ state: 'crashed', reason: 'panicked' }, started, { kind: 'stopped', reason: 'panicked' }],
    [{ state: 'crashed', reason: 'unknown' }, started, { kind: 'stopped', reason: 'crashed' }],
    [{ state: 'running', reason: 'booted' }, started, { kind: 'running' }],
    [{ state: 'blocked', reason: 'unknown' }, started, { kind: 'running' }],
    [{ state: 'pm-suspended', reason: 'unknown' }, started, { kind: 'running' }],
    [
      { state: 'running', reason: 'booted' },
      { ...started, stopRequestedAt: started.startedAt },
      { kind: 'shutting-down' },
    ],
    [{ state: 'shutdown', reason: 'user' }, started, { kind: 'shutting-down' }],
    [{ state: 'paused', reason: 'user' }, started, { kind: 'paused', reason: 'user' }],
    [{ state: 'paused', reason: 'io-error' }, started, { kind: 'paused', reason: 'io-error' }],
    [{ state: 'paused', reason: 'postcopy-failed' }, started, { kind: 'paused', reason: 'post-copy-failed' }],
    [{ state: 'paused', reason: 'dump' }, started, { kind: 'paused', reason: 'other' }],
  ])('%j', (domain, record, expected) => {
    expect(machineState(domain, record)).toEqual(expected);
  });
});

describe('every state that libvirt knows', () => {
  const pauses: [Extract<DomainState, { state: 'paused' }>['reason'], string][] = [
    ['user', 'user'],
    ['migration', 'migration'],
    ['io-error', 'io-error'],
    ['watchdog', 'watchdog'],
    ['snapshot', 'snapshot'],
    ['from-snapshot', 'snapshot'],
    ['starting-up', 'starting'],
    ['postcopy-failed', 'post-copy-failed'],
    ['unknown', 'other'],
    ['save', 'other'],
    ['dump', 'other'],
    ['shutting-down', 'other'],
    ['crashed', 'other'],
    ['postcopy', 'other'],
  ];
  const stops: [Extract<DomainState, { state: 'shutoff' }>['reason'], string][] = [
    ['shutdown', 'shutdown'],
    ['destroyed', 'destroyed'],
    ['crashed', 'crashed'],
    ['migrated', 'migrated'],
    ['saved', 'saved'],
    ['failed', 'failed'],
    ['from-snapshot', 'unknown'],
    ['unknown', 'unknown'],
  ];
  it.each<[string, DomainState, MachineState]>([
    ['DOM-11.1', { state: 'no-state', reason: 'unknown' }, { kind: 'running' }],
    ['DOM-11.2', { state: 'running', reason: 'booted' }, { kind: 'running' }],
    ['DOM-11.3', { state: 'blocked', reason: 'unknown' }, { kind: 'running' }],
    ...pauses.map(([reason, expected]): [string, DomainState, MachineState] => [
      'DOM-11.4',
      { state: 'paused', reason },
      { kind: 'paused', reason: expected } as MachineState,
    ]),
    ['DOM-11.5', { state: 'shutdown', reason: 'user' }, { kind: 'shutting-down' }],
    ...stops.map(([reason, expected]): [string, DomainState, MachineState] => [
      'DOM-11.6',
      { state: 'shutoff', reason },
      { kind: 'stopped', reason: expected } as MachineState,
    ]),
    ['DOM-11.7', { state: 'crashed', reason: 'panicked' }, { kind: 'stopped', reason: 'panicked' }],
    ['DOM-11.7', { state: 'crashed', reason: 'unknown' }, { kind: 'stopped', reason: 'crashed' }],
    ['DOM-11.8', { state: 'pm-suspended', reason: 'unknown' }, { kind: 'running' }],
  ])('%s: %j is %j', (_id, domain, expected) => {
    expect(machineState(domain, started)).toEqual(expected);
  });
});
