import type { DeveloperConfiguration } from '@virtkit/core-types';
import { describe, expect, test } from 'vitest';
import {
  enabledGates,
  featureGateMessage,
  featureGates,
  featureGateWarnings,
  gateListsChanged,
  type FeatureGate,
} from '../../src/index.ts';

const names = Object.keys(featureGates) as FeatureGate[];

test('there are 85 gates', () => {
  expect(names).toHaveLength(85);
});

describe('states', () => {
  const on = { featureGates: names };
  const off = { disabledFeatureGates: names };
  test.each(names)('%s', (name) => {
    const unlisted = enabledGates().has(name);
    const state = featureGates[name];
    expect(unlisted).toBe(state === 'GA' || state === 'Beta');
    expect(enabledGates(on).has(name)).toBe(true);
    expect(enabledGates(off).has(name)).toBe(state === 'GA');
    expect(enabledGates({ ...on, ...off }).has(name)).toBe(true);
  });

  test('a name that is not registered is never on', () => {
    const gates: ReadonlySet<string> = enabledGates({ featureGates: ['Teleport', 'toString'] });
    expect([gates.has('Teleport'), gates.has('toString')]).toEqual([false, false]);
  });
});

describe('messages', () => {
  test.each(names)('%s', (name) => {
    const state = featureGates[name];
    const message = featureGateMessage(name);
    if (state === 'Alpha' || state === 'Beta') expect(message).toBe('');
    else expect(message).toContain(name);
    if (state === 'GA') expect(message).toMatch(/General Availability.*deprecation\.md/);
    if (state === 'Deprecated' || state === 'Discontinued') expect(message).toMatch(/ v1\.\d/);
  });
});

describe('warnings of an update', () => {
  const lists = (featureGates?: string[], disabledFeatureGates?: string[]): DeveloperConfiguration => ({
    featureGates,
    disabledFeatureGates,
  });
  test.each<[string, DeveloperConfiguration | undefined, DeveloperConfiguration | undefined, string[]]>([
    [
      'one for each registered gate that is listed',
      lists(),
      lists(['Passt', 'Teleport', 'NUMA']),
      ['Passt', 'NUMA'],
    ],
    [
      'for all that are listed, not only the new ones',
      lists(['NUMA']),
      lists(['NUMA', 'GPU']),
      ['NUMA', 'GPU'],
    ],
    ['when the gates that are off change too', lists(['NUMA']), lists(['NUMA'], ['Snapshot']), ['NUMA']],
    ['an empty one for alpha and beta gates', lists(), lists(['Sidecar', 'Snapshot']), ['', '']],
    ['none when the lists stay', lists(['NUMA']), { ...lists(['NUMA']), useEmulation: true }, []],
    ['none when an empty list stands for none', undefined, lists([]), []],
    ['none when the new object has no developer configuration', lists(['NUMA']), undefined, []],
  ])('%s', (_title, before, after, expected) => {
    const warnings = featureGateWarnings(before, after);
    expect(warnings).toHaveLength(expected.length);
    for (const [index, name] of expected.entries()) {
      if (name === '') expect(warnings[index]).toBe('');
      else expect(warnings[index]).toContain(name);
    }
  });

  test('the lists have changed when either has', () => {
    expect(gateListsChanged(lists(['a']), lists(['a']))).toBe(false);
    expect(gateListsChanged(lists(['a']), lists(['b']))).toBe(true);
    expect(gateListsChanged(lists(), lists([], ['b']))).toBe(true);
  });
});
