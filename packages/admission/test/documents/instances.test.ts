import { test } from 'vitest';
import { createDocuments } from './documents.ts';

test('25,000 instances of any form are admitted or refused', { timeout: 600_000 }, () =>
  createDocuments('virtualmachineinstances', 25_000),
);

test('10,000 replica sets', { timeout: 600_000 }, () =>
  createDocuments('virtualmachineinstancereplicasets', 10_000),
);
