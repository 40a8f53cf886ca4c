import { readFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { factCoverage, readDifferences, readFacts } from './fact-coverage.ts';

/** One line of `skips.allow`: a test whose skip CI accepts, and why. */
interface AllowedSkip {
  test: string;
  reason: string;
}

function readAllowList(): AllowedSkip[] {
  const text = readFileSync(new URL('./skips.allow', import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [test = '', reason = ''] = line.split('\t');
      if (reason.trim() === '') throw new Error(`skips.allow: '${test}' has no reason (test<TAB>reason)`);
      return { test: test.trim(), reason: reason.trim() };
    });
}

const nameOf = (test: TestCase): string => `${test.module.relativeModuleId} > ${test.fullName}`;

/** How many missing facts are named unless all are asked for. */
const namedMissing = 20;

/**
 * Prints every skipped test with its reason and closes with one line of counts. In CI a skip that is not on the
 * allow-list fails the run, so that no test goes missing unseen. With
 * `VIRTKIT_FACTS` (`sum` or `all`) it also prints how many of the API's facts the passed tests show; with `sum`, which is for
 * runs of everything, one that is neither shown nor listed as different fails the run.
 */
export default class RunReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const passed: string[] = [];
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const skips: { name: string; note: string }[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') {
          counts.passed += 1;
          if (!test.module.relativeModuleId.startsWith('tools/')) passed.push(test.name);
        } else if (result.state === 'failed') counts.failed += 1;
        else {
          counts.skipped += 1;
          skips.push({
            name: nameOf(test),
            note: (result.state === 'skipped' && result.note) || 'no reason given',
          });
        }
      }
    }
    const allowed = new Set(readAllowList().map((entry) => entry.test));
    const refused = skips.filter((skip) => !allowed.has(skip.name));
    for (const skip of skips) console.log(`skipped: ${skip.name}: ${skip.note}`);
    if (refused.length > 0 && process.env.CI !== undefined) {
      console.log(`error: ${refused.length} skipped tests are not in tools/test/skips.allow`);
      process.exitCode = 1;
    }
    const facts = process.env.VIRTKIT_FACTS;
    // A list of all that is missing is asked for while some of the tests run; a run of everything must show everything.
    if (facts !== undefined && !printFacts(passed, facts === 'all') && facts === 'sum') process.exitCode = 1;
    console.log(`Tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  }
}

/** The lists of facts, with what they are lists of. */
const lists = [
  { file: './facts/rules.txt', of: 'rules' },
  { file: './facts/domain.txt', of: 'rows on domains' },
] as const;

/** @returns whether every fact is shown or deliberately different, and nothing else is */
function printFacts(passed: readonly string[], all: boolean): boolean {
  let complete = true;
  const differences = readDifferences(new URL('../../docs/compatibility.md', import.meta.url));
  const unknown = new Set(differences);
  for (const { file, of } of lists) {
    const facts = readFacts(new URL(file, import.meta.url));
    for (const id of facts.keys()) unknown.delete(id);
    const { known, shown, different, missing } = factCoverage(facts, differences, passed);
    const named = all ? missing : missing.slice(0, namedMissing);
    const more = missing.length - named.length;
    if (missing.length > 0) {
      complete = false;
      console.log(
        `error: not shown: ${named.join(', ')}${more === 0 ? '' : `, and ${more} more (VIRTKIT_FACTS=all)`}`,
      );
    }
    console.log(`Facts: ${shown} of ${known} ${of} shown by tests, ${different} deliberately different`);
  }
  if (unknown.size > 0) {
    complete = false;
    console.log(`error: docs/compatibility.md lists what is no fact: ${Array.from(unknown).join(', ')}`);
  }
  return complete;
}
