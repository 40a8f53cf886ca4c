import { expect, test } from 'vitest';
import { createDocuments } from './documents.ts';
import { kinds } from './requests.ts';

const elsewhere = [
  'virtualmachines',
  'virtualmachinepools',
  'virtualmachineinstances',
  'virtualmachineinstancereplicasets',
];
const others = [...kinds.keys()].filter((plural) => !elsewhere.includes(plural));

test('there are at least twenty other kinds', () => {
  expect(others.length).toBeGreaterThanOrEqual(20);
});

test.each(others)('1,000 documents of %s are admitted or refused', { timeout: 600_000 }, (plural) =>
  createDocuments(plural, 1_000),
);
