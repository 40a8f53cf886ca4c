import { expect, test } from 'vitest';
import { describeTally, runCampaign } from './campaign.ts';

const MINUTES = 2;

test('a sequential store explains what clients see of servers that are killed, paused, filled up and cut off', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`robustness: seed ${seed}`);
  const until = performance.now() + MINUTES * 60_000;
  const tally = await runCampaign(seed, ({ histories }) => histories > 0 && performance.now() >= until);
  console.log(describeTally(tally));
  expect(tally.violations, describeTally(tally)).toEqual([]);
}, 600_000);
