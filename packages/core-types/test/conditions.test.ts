import { describe, expect, it } from 'vitest';
import {
  getCondition,
  isConditionFalse,
  isConditionTrue,
  removeCondition,
  sameConditions,
  setCondition,
  type Condition,
} from '@virtkit/core-types';

const before = '2026-01-01T00:00:00Z';
const now = '2026-01-02T00:00:00Z';
const ready: Condition = {
  type: 'Ready',
  status: 'False',
  reason: 'A',
  message: 'first',
  lastTransitionTime: before,
};

describe('setCondition', () => {
  it.each<[string, Condition[] | undefined, Condition, Condition[]]>([
    [
      'appends',
      undefined,
      { type: 'Ready', status: 'True' },
      [{ type: 'Ready', status: 'True', lastTransitionTime: now }],
    ],
    [
      'drops a new message alone',
      [ready],
      { type: 'Ready', status: 'False', reason: 'A', message: 'second' },
      [ready],
    ],
    [
      'keeps the time when only the reason changes',
      [ready],
      { type: 'Ready', status: 'False', reason: 'B', message: 'second' },
      [{ type: 'Ready', status: 'False', reason: 'B', message: 'second', lastTransitionTime: before }],
    ],
    [
      'sets the time when the status changes',
      [ready, { type: 'Other', status: 'True' }],
      { type: 'Ready', status: 'True' },
      [
        { type: 'Ready', status: 'True', lastTransitionTime: now },
        { type: 'Other', status: 'True' },
      ],
    ],
    [
      'keeps a time that is given',
      [ready],
      { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-03T00:00:00Z' },
      [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-03T00:00:00Z' }],
    ],
    [
      'takes an empty reason as none',
      [{ type: 'Ready', status: 'True', reason: '' }],
      { type: 'Ready', status: 'True' },
      [{ type: 'Ready', status: 'True', reason: '' }],
    ],
  ])('%s', (_name, conditions, next, expected) => {
    const input = structuredClone(conditions);
    expect(setCondition(conditions, next, { now })).toEqual(expected);
    expect(conditions).toEqual(input);
  });
  it('writes no time when none is given', () => {
    expect(setCondition([], { type: 'LiveMigratable', status: 'True' })).toEqual([
      { type: 'LiveMigratable', status: 'True' },
    ]);
  });
});

describe('conditions', () => {
  it('are read by type', () => {
    expect(getCondition([ready], 'Ready')).toBe(ready);
    expect(getCondition(undefined, 'Ready')).toBeUndefined();
    expect(isConditionTrue([ready], 'Ready')).toBe(false);
    expect(isConditionFalse([ready], 'Ready')).toBe(true);
    expect(isConditionFalse([], 'Ready')).toBe(false);
    expect(removeCondition([ready], 'Ready')).toEqual([]);
  });
  it('are the same without regard to order, message and time', () => {
    const other = { type: 'B', status: 'True' };
    expect(sameConditions([ready, other], [other, { ...ready, message: 'x', lastTransitionTime: now }])).toBe(
      true,
    );
    expect(sameConditions([ready], [{ ...ready, reason: 'B' }])).toBe(false);
    expect(sameConditions([ready], [ready, other])).toBe(false);
    expect(sameConditions(undefined, [])).toBe(true);
  });
});
