import { Bench, timeoutsOf } from './bench.ts';
import type { ConformanceOptions } from './options.ts';

/** One group of tests: `test` opens a bench, runs the body and removes what it made. */
export interface Suite {
  readonly options: ConformanceOptions;
  readonly test: (name: string, body: (bench: Bench) => Promise<void>) => void;
  /** False when the backend declares that it lacks the ability. */
  readonly offers: (ability: NonNullable<ConformanceOptions['lacks']>[number]) => boolean;
}

/** False when the backend declares that it lacks the ability. */
export function offers(
  options: ConformanceOptions,
  ability: NonNullable<ConformanceOptions['lacks']>[number],
): boolean {
  return !(options.lacks ?? []).includes(ability);
}

/** Declares a group of tests with the runner of the options. */
export function group(options: ConformanceOptions, name: string, body: (suite: Suite) => void): void {
  const { bootMs, stopMs, callMs } = timeoutsOf(options);
  // A test boots at most twice and stops at most twice; whatever hangs is told by its own, shorter limit.
  const limitMs = 2 * (bootMs + stopMs) + 4 * callMs;
  options.runner.describe(name, () => {
    body({
      options,
      test: (title, run) =>
        options.runner.it(
          title,
          async () => {
            await using bench = await Bench.open(options);
            await run(bench);
          },
          limitMs,
        ),
      offers: (ability) => offers(options, ability),
    });
  });
}
