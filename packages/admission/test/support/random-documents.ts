import { randomDocument, seededRandom } from '@virtkit/testing/documents';
import fc from 'fast-check';
import type * as z from 'zod';
import { deepFreeze } from './deep-freeze.ts';

/** Documents that fit a schema; frozen, so that a function which changes its input throws. */
export function documents<T>(schema: z.ZodType<T>): fc.Arbitrary<T> {
  return fc
    .record({ seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }), density: fc.constantFrom(0.05, 0.15, 0.4) })
    .map(({ seed, density }) =>
      deepFreeze(schema.parse(randomDocument(schema, seededRandom(seed), { density }))),
    );
}
