import { afterAll, beforeAll, describe, test } from 'vitest';
import { startTimeoutMs } from '../kubernetes/test/patience.ts';
import { generatedAccess, questionsOfWorld } from './access/generated.ts';
import { listedAccess } from './access/listed.ts';
import { people } from './access/people.ts';
import { accessTopics } from './access/topics.ts';
import { startBoth, type Both } from './both.ts';
import { Comparison } from './comparison.ts';
import { keeper } from './policies/policy.ts';
import { startRemotes } from './remote/start.ts';
import type { Remotes } from './run-all.ts';
import { seed } from './seed.ts';

/** Of the rights that are made by chance. */
const worlds = 12;

let both: Both;
let remotes: Remotes & AsyncDisposable;
const comparison = new Comparison(listedAccess);

beforeAll(async () => {
  both = await startBoth({ users: people, onProgress: console.log });
  remotes = await startRemotes(both);
  for (const target of [both.kubernetes, both.ours]) await target.call(keeper);
}, startTimeoutMs);

afterAll(async () => {
  await both[Symbol.asyncDispose]();
  await remotes[Symbol.asyncDispose]();
});

describe('kube-apiserver and the embedded API server answer alike but for what is listed', () => {
  test.each(Object.entries(accessTopics))('%s', async (topic, sequences) => {
    await comparison.run(both, topic, sequences, remotes);
  });

  test(`${worlds * questionsOfWorld} questions about rights that are made by chance`, async () => {
    console.log(`DIFFERENTIAL_SEED=${seed}`);
    await comparison.run(both, 'rights made by chance', generatedAccess(seed, worlds), remotes);
  });

  test('all that is listed still occurs', () => {
    comparison.checkListed();
  });
});
