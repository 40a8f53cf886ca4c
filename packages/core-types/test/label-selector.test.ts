import { describe, expect, it } from 'vitest';
import {
  formatLabelSelector,
  labelRequirements,
  matchesLabels,
  parseLabelSelector,
  type LabelSelector,
} from '@virtkit/core-types';

describe('parseLabelSelector', () => {
  it('reads every form', () => {
    expect(parseLabelSelector('a=b, c!=d,e in (x, y),f notin (z),!g,example.com/h,i>5,j==k,l=')).toEqual([
      { key: 'a', operator: 'In', values: ['b'] },
      { key: 'c', operator: 'NotIn', values: ['d'] },
      { key: 'e', operator: 'In', values: ['x', 'y'] },
      { key: 'f', operator: 'NotIn', values: ['z'] },
      { key: 'g', operator: 'DoesNotExist', values: [] },
      { key: 'example.com/h', operator: 'Exists', values: [] },
      { key: 'i', operator: 'Gt', values: ['5'] },
      { key: 'j', operator: 'In', values: ['k'] },
      { key: 'l', operator: 'In', values: [''] },
    ]);
  });
  it('takes empty text as everything', () => {
    expect(parseLabelSelector(' ')).toEqual([]);
  });
  it.each([
    'a=b,',
    ',',
    'a in (x',
    'a in x)',
    'a in ((x))',
    '=b',
    'a=b c',
    'a>b',
    '-a',
    'a=-b',
    `${'k'.repeat(64)}=v`,
  ])('refuses %j', (text) => {
    expect(() => parseLabelSelector(text)).toThrow(
      expect.objectContaining({ code: 'InvalidSelector' }) as Error,
    );
  });
  it.each(['a=b', 'c!=d', 'e in (x,y)', 'f notin (y,z)', '!g', 'h', 'i>5', 'j<-6', 'a=b,!c'])(
    'formats %j back',
    (text) => {
      expect(formatLabelSelector(parseLabelSelector(text))).toBe(text);
    },
  );
});

describe('matchesLabels', () => {
  const labels = { app: 'db', tier: 'back', n: '7', empty: '' };
  it.each<[string, boolean]>([
    ['', true],
    ['app=db', true],
    ['app=web', false],
    ['app!=web', true],
    ['absent!=x', true],
    ['absent=x', false],
    ['absent=', false],
    ['empty=', true],
    ['app in (web,db),tier', true],
    ['app notin (web,db)', false],
    ['absent notin (web,db)', true],
    ['!absent', true],
    ['!app', false],
    ['n>6', true],
    ['n>7', false],
    ['n<8', true],
    ['app>1', false],
    ['toString', false],
  ])('%j is %s', (selector, expected) => {
    expect(matchesLabels(selector, labels)).toBe(expected);
  });

  it('takes an absent selector as nothing and an empty one as everything', () => {
    expect(matchesLabels(undefined, labels)).toBe(false);
    expect(matchesLabels({}, undefined)).toBe(true);
  });
  it('joins matchLabels and matchExpressions', () => {
    const selector: LabelSelector = {
      matchLabels: { app: 'db' },
      matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['front'] }],
    };
    expect(matchesLabels(selector, labels)).toBe(true);
    expect(matchesLabels(selector, { app: 'db', tier: 'front' })).toBe(false);
    expect(formatLabelSelector(selector)).toBe('app=db,tier!=front');
  });
  it.each<LabelSelector>([
    { matchExpressions: [{ key: 'a', operator: 'In' }] },
    { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['x'] }] },
    { matchExpressions: [{ key: 'a', operator: 'Like', values: ['x'] }] },
    { matchLabels: { 'not a key': 'x' } },
  ])('refuses %j', (selector) => {
    expect(() => labelRequirements(selector)).toThrow(
      expect.objectContaining({ code: 'InvalidSelector' }) as Error,
    );
  });
});
