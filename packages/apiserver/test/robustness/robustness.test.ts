import { expect, test } from 'vitest';
import { describeTally, runCampaign } from './campaign.ts';

const MINUTES = 2;

// A violation is not tried again: the next histories would be others.
test(
  'a sequential store explains what clients see of servers that are killed, paused, filled up and cut off',
  { timeout: 600_000, retry: 0 },
  async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    console.log(`robustness: seed ${seed}`);
    const until = performance.now() + MINUTES * 60_000;
    const tally = await runCampaign(seed, ({ histories }) => histories > 0 && performance.now() >= until);
    console.log(describeTally(tally));
    expect(tally.violations, describeTally(tally)).toEqual([]);
  },
);
