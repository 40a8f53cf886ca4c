import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';
import { factCoverage, readDifferences, readFacts } from './fact-coverage.ts';
import { failuresOf, nameOf, unsteadyOf } from './failures.ts';

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

/** How many missing facts are named unless all are asked for. */
const namedMissing = 20;

/** What can be set in `reporters` of a configuration. */
interface Options {
  /**
   * File that gets the lines of what failed, for who runs the tests; there is none when nothing failed. Default: what
   * `VIRTKIT_TEST_FAILURES` names, else `build/test-failures.txt`.
   */
  failuresFile?: string;
}

/**
 * Prints every skipped test with its reason and every test that passed only when tried again, and closes with a line for whatever failed and one of counts. In CI a skip that is
 * not on the allow-list fails the run, so that no test goes missing unseen. With
 * `VIRTKIT_FACTS` (`sum` or `all`) it also prints how many of the API's facts the passed tests show; with `sum`, which is for
 * runs of everything, one that is neither shown nor listed as different fails the run.
 */
export default class RunReporter implements Reporter {
  readonly #failuresFile: string;

  constructor({ failuresFile }: Options = {}) {
    this.#failuresFile =
      failuresFile ??
      process.env.VIRTKIT_TEST_FAILURES ??
      fileURLToPath(new URL('../../build/test-failures.txt', import.meta.url));
  }

  onTestRunStart(): void {
    rmSync(this.#failuresFile, { force: true });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
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
    for (const line of unsteadyOf(modules)) console.log(line);
    const problems: string[] = [];
    if (refused.length > 0 && process.env.CI !== undefined)
      problems.push(`error: ${refused.length} skipped tests are not in tools/test/skips.allow`);
    const facts = process.env.VIRTKIT_FACTS;
    if (facts !== undefined) {
      const incomplete = printFacts(passed, facts === 'all');
      // A list of all that is missing is asked for while some of the tests run; a run of everything must show everything.
      if (facts === 'sum') problems.push(...incomplete);
      else for (const line of incomplete) console.log(line);
    }
    if (problems.length > 0) process.exitCode = 1;
    // A test that was tried twice mostly fails in the same way.
    this.#tell([...new Set([...failuresOf(modules, unhandledErrors), ...problems])]);
    console.log(`Tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    endAnyway(counts.failed > 0 || unhandledErrors.length > 0);
  }

  #tell(lines: readonly string[]): void {
    if (lines.length === 0) return;
    for (const line of lines) console.log(line);
    mkdirSync(dirname(this.#failuresFile), { recursive: true });
    writeFileSync(this.#failuresFile, `${lines.join('\n')}\n`);
  }
}

/**
 * Ends the run also where something that a test started and left behind holds the output of the tests open: this would be waited
 * for without end.
 */
function endAnyway(failed: boolean): void {
  const seconds = 30;
  setTimeout(() => {
    console.log(
      `warning: what a test started still runs ${seconds} s after the last test, and holds its output open`,
    );
    process.exit(failed ? 1 : (process.exitCode ?? 0));
  }, seconds * 1000).unref();
}

/** The lists of facts, with what they are lists of. */
const lists = [
  { file: './facts/rules.txt', of: 'rules' },
  { file: './facts/domain.txt', of: 'rows on domains' },
] as const;

/** @returns what is wrong: facts that are neither shown nor deliberately different, and differences from no fact */
function printFacts(passed: readonly string[], all: boolean): string[] {
  const problems: string[] = [];
  const differences = readDifferences(new URL('../../docs/compatibility.md', import.meta.url));
  const unknown = new Set(differences);
  for (const { file, of } of lists) {
    const facts = readFacts(new URL(file, import.meta.url));
    for (const id of facts.keys()) unknown.delete(id);
    const { known, shown, different, missing } = factCoverage(facts, differences, passed);
    const named = all ? missing : missing.slice(0, namedMissing);
    const more = missing.length - named.length;
    if (missing.length > 0) {
      const rest = more === 0 ? '' : `, and ${more} more (VIRTKIT_FACTS=all)`;
      problems.push(`error: not shown: ${named.join(', ')}${rest}`);
    }
    console.log(`Facts: ${shown} of ${known} ${of} shown by tests, ${different} deliberately different`);
  }
  if (unknown.size > 0)
    problems.push(`error: docs/compatibility.md lists what is no fact: ${Array.from(unknown).join(', ')}`);
  return problems;
}
