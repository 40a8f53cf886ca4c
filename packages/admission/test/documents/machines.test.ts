import { test } from 'vitest';
import { createDocuments } from './documents.ts';

test('25,000 virtual machines of any form are admitted or refused', { timeout: 600_000 }, () =>
  createDocuments('virtualmachines', 25_000),
);

test('10,000 pools', { timeout: 600_000 }, () => createDocuments('virtualmachinepools', 10_000));
