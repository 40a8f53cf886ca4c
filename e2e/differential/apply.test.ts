import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBoth, type Both } from './both.ts';
import type { Difference } from './compare.ts';
import { runAll } from './run-all.ts';
import { applySequences } from './sequences/apply/all.ts';

let both: Both;

beforeAll(async () => {
  both = await startBoth();
}, 900_000);

afterAll(async () => {
  await both[Symbol.asyncDispose]();
});

/** Of other differences `listed-differences.ts` tells; here it is about who owns what, and about conflicts. */
function isAboutOwners({ path, kubernetes, ours }: Difference): boolean {
  return (
    path.includes('managedFields') ||
    [kubernetes, ours].some((value) => JSON.stringify(value ?? '').includes('Apply failed'))
  );
}

/** Kubernetes fills in defaults of these kinds that the embedded server leaves out, and so has more owners of them. */
const otherDefaults = /^apply: (Pod|Endpoints|EndpointSlice): /;

describe('server-side apply', () => {
  test('gives fields to the same owners, and finds the same conflicts, as kube-apiserver', async () => {
    const { sequences, differences } = await runAll(both, applySequences, []);
    const found = differences.filter(
      (difference) => isAboutOwners(difference) && !otherDefaults.test(difference.sequence),
    );
    console.log(`sequences tried ${sequences}, differences about owners ${found.length}`);
    expect(sequences).toBeGreaterThan(90);
    expect(found).toEqual([]);
  });
});
