import type { VirtualMachineInstancetypeSpec, VirtualMachinePreferenceSpec } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import {
  applyRules,
  instancetypeRules,
  instancetypeWarnings,
  preferenceRules,
  preferenceWarnings,
} from '../../src/index.ts';
import { testSides } from '../support/sides.ts';
import { sizeOf, topologyOf } from './subjects.ts';

const memory = (members: object) => sizeOf({ memory: { guest: '1Gi', ...members } });

testSides<VirtualMachineInstancetypeSpec>(
  'instance types',
  [
    {
      id: 'IT-1',
      refuses: memory({ overcommitPercent: 101 }),
      accepts: memory({ overcommitPercent: 100 }),
      reason: 'I',
      fields: ['spec.memory.overcommitPercent'],
      alone: true,
    },
    {
      id: 'IT-2',
      refuses: memory({ overcommitPercent: 1, hugepages: { pageSize: '2Mi' } }),
      accepts: memory({ overcommitPercent: 0, hugepages: { pageSize: '2Mi' } }),
      reason: 'I',
      fields: ['spec.memory.overcommitPercent'],
      alone: true,
    },
  ],
  (spec) => applyRules(instancetypeRules, { spec }),
);

testSides<VirtualMachinePreferenceSpec>(
  'preferences',
  [
    {
      id: 'PREF-1',
      refuses: topologyOf('preferAnything'),
      accepts: topologyOf('preferAny'),
      reason: 'I',
      fields: ['spec.cpu.preferredCPUTopology'],
      alone: true,
    },
    {
      id: 'PREF-2',
      refuses: topologyOf('spread', { spreadOptions: { across: 'ThreadsCores' } }),
      accepts: topologyOf('cores', { spreadOptions: { across: 'ThreadsCores' } }),
      reason: 'I',
      fields: ['spec.cpu.spreadOptions.across'],
      alone: true,
    },
    {
      id: 'PREF-3',
      refuses: topologyOf('preferSpread', { spreadOptions: { across: 'CoresThreads', ratio: 4 } }),
      accepts: topologyOf('preferSpread', { spreadOptions: { across: 'CoresThreads', ratio: 2 } }),
      reason: 'I',
      fields: ['spec.cpu.spreadOptions.ratio'],
      alone: true,
    },
  ],
  (spec) => applyRules(preferenceRules, { spec }),
);

describe('warnings', () => {
  it('IT-W1: confidential computing belongs into a preference', () => {
    expect(instancetypeWarnings({ spec: sizeOf({ launchSecurity: { sev: {} } }) })).toHaveLength(1);
    expect(instancetypeWarnings({ spec: sizeOf() })).toEqual([]);
  });

  it.each(['Sockets', 'Cores', 'Threads', 'Spread', 'Any'])(
    'PREF-W1: the old spelling prefer%s is told what to write now',
    (name) => {
      const [warning] = preferenceWarnings({ spec: topologyOf(`prefer${name}`) });
      expect(warning).toContain(`use ${name.toLowerCase()}`);
      expect(preferenceWarnings({ spec: topologyOf(name.toLowerCase()) })).toEqual([]);
    },
  );

  it('overcommitPercent below 0 is refused like one above 100', () => {
    const found = applyRules(instancetypeRules, { spec: memory({ overcommitPercent: -1 }) });
    expect(found.map(({ rule }) => rule)).toEqual(['IT-1']);
  });
});
