import { describe, expect, test } from 'vitest';
import { factCoverage, factsOfTitle, readFacts, type FactKind } from '../fact-coverage.ts';

describe('titles of tests', () => {
  test.each([
    ['VMI-001 accepts a label', { ids: ['VMI-001'], side: 'accepts' }],
    ['VMI-001 refuses what is no label', { ids: ['VMI-001'], side: 'refuses' }],
    ['SUB-01, SUB-02 and SUB-03: start', { ids: ['SUB-01', 'SUB-02', 'SUB-03'], side: undefined }],
    ['D1-3a: the limit', { ids: ['D1-3a'], side: undefined }],
    ['starts a machine', { ids: [], side: undefined }],
    ['VMI-001 acceptsnot', { ids: ['VMI-001'], side: undefined }],
  ])('%s', (title, facts) => {
    expect(factsOfTitle(title)).toEqual(facts);
  });
});

test('a refusal is shown by both sides, the rest by any test that names it', () => {
  const facts = new Map<string, FactKind>([
    ['A-1', 'refuses'],
    ['A-2', 'refuses'],
    ['A-3', 'does'],
    ['A-4', 'does'],
    ['A-5', 'refuses'],
  ]);
  const passed = ['A-1 accepts x', 'A-1 refuses y', 'A-2 refuses z', 'A-3: done'];
  expect(factCoverage(facts, new Set(['A-5', 'B-1']), passed)).toEqual({
    known: 5,
    shown: 2,
    different: 1,
    missing: ['A-2 (accepts)', 'A-4'],
    unknown: ['B-1'],
  });
});

test('the list of rules can be read', () => {
  expect(readFacts(new URL('../facts/rules.txt', import.meta.url)).size).toBeGreaterThan(500);
});
