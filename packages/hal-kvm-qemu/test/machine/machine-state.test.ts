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
