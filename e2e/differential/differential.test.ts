import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTimeoutMs } from '../kubernetes/test/patience.ts';
import { startBoth, type Both } from './both.ts';
import { listedDifferences } from './listed-differences.ts';
import { grouped, summary } from './report.ts';
import { runAll } from './run-all.ts';
import { seed } from './seed.ts';
import { writtenSequences } from './sequences/all.ts';
import { defineGadgets } from './sequences/generated/custom.ts';
import { generatedSequences } from './sequences/generated/generated.ts';

/** How many sequences are generated. */
const count = Number(process.env.DIFFERENTIAL_COUNT ?? 2000);

let both: Both;

beforeAll(async () => {
  both = await startBoth({ onProgress: console.log });
  await Promise.all([both.kubernetes, both.ours].map(defineGadgets));
}, startTimeoutMs);

afterAll(async () => {
  await both[Symbol.asyncDispose]();
});

describe('kube-apiserver and the embedded API server', () => {
  test('answer the written sequences alike but for what is listed, and all that is listed occurs', async () => {
    const outcome = await runAll(both, writtenSequences, listedDifferences);
    console.log(summary(outcome));
    expect(outcome.sequences).toBeGreaterThan(620);
    expect(grouped(outcome.unlisted)).toBe('');
    const gone = listedDifferences
      .filter(({ id, byChance }) => byChance !== true && outcome.occurrences.get(id) === 0)
      .map(({ id }) => id);
    expect(gone).toEqual([]);
  });

  test(`answer ${count} generated sequences alike but for what is listed`, async () => {
    console.log(`DIFFERENTIAL_SEED=${seed}`);
    const outcome = await runAll(both, generatedSequences(seed, count), listedDifferences);
    console.log(summary(outcome));
    expect(outcome.sequences).toBe(count);
    expect(grouped(outcome.unlisted)).toBe('');
  }, 600_000);
});
