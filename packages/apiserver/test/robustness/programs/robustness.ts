import { parseArgs } from 'node:util';
import { describeTally, describeViolations, runCampaign } from '../campaign.ts';
import { checkHistory } from '../check/check.ts';
import { loadHistory } from '../history.ts';

const usage = `usage: robustness [--minutes N] [--seed N]
       robustness --check FILE

Runs histories against servers that are killed, paused, cut off and so on, and checks that a sequential store explains them;
or checks a history once more that was saved because of violations.
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    check: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (values.help || !(minutes > 0) || !Number.isInteger(seed)) {
  process.stderr.write(usage);
  process.exitCode = values.help ? 0 : 2;
} else if (values.check !== undefined) {
  const violations = checkHistory(loadHistory(values.check));
  console.log([`violations ${violations.length}`, ...describeViolations(violations)].join('\n'));
  if (violations.length > 0) process.exitCode = 1;
} else {
  console.log(`robustness: ${minutes} minutes, seed ${seed}`);
  const until = performance.now() + minutes * 60_000;
  let reported = performance.now();
  // Whoever interrupts it gets the tally, and nothing stays mounted.
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      interrupted = true;
    });
  const tally = await runCampaign(seed, (sofar) => {
    const now = performance.now();
    if (now - reported > 60_000) {
      reported = now;
      console.log(`${sofar.histories} histories, ${sofar.violations.length} violations`);
    }
    return interrupted || now >= until;
  });
  console.log(describeTally(tally));
  if (tally.violations.length > 0) process.exitCode = 1;
}
