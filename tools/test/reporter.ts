import { readFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

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

/**
 * Prints every skipped test with its reason and closes with one line of counts. In CI a skip that is not on the
 * allow-list fails the run, so that no test goes missing unseen.
 */
export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const skips: { name: string; note: string }[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') counts.passed += 1;
        else if (result.state === 'failed') counts.failed += 1;
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
    console.log(`Tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  }
}
