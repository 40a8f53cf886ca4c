import fc from 'fast-check';
import { expect } from 'vitest';
import { admit, mutateRequest } from '../../src/index.ts';
import { clusters, kinds, requestOf } from './requests.ts';

/**
 * Creates many documents of a kind: none makes admission throw, every refusal says why, and what admission filled in stays as it
 * is when it is admitted again. Seeds are printed by fast-check when one fails.
 */
export async function createDocuments(plural: string, numRuns: number): Promise<void> {
  const definition = kinds.get(plural)!;
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const request = requestOf(definition, seed);
      const context = clusters[seed % clusters.length]!;
      const { allowed, code, message, causes = [] } = await admit(request, context);
      if (!allowed) {
        expect(code ?? 400).toBeGreaterThanOrEqual(400);
        expect(message).not.toBe('');
        for (const cause of causes) expect(cause.message).not.toBe('');
      }
      const once = await mutateRequest(request, context);
      if (!once.allowed) return;
      const twice = await mutateRequest({ ...request, object: once.object }, context);
      expect(twice.object).toEqual(once.object);
    }),
    { numRuns },
  );
}
