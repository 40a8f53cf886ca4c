import { expect } from 'vitest';
import type { Both } from './both.ts';
import { allListedDifferences } from './listed-all.ts';
import type { ListedDifference } from './listed.ts';
import { grouped } from './report.ts';
import { runAll, type Remotes } from './run-all.ts';
import type { Sequence } from './sequence.ts';

/** Compares sequences in several tests, of which all together show each of the differences that are listed for them. */
export class Comparison {
  readonly #own: readonly ListedDifference[];
  readonly #occurred = new Set<string>();
  #questions = 0;
  #differences = 0;
  #unlisted = 0;

  /** @param own those listed differences that must occur; others may */
  constructor(own: readonly ListedDifference[]) {
    this.#own = own;
  }

  /** Fails when there is a difference that is not listed. Prints how much was asked. */
  async run(both: Both, what: string, sequences: readonly Sequence[], remotes: Remotes): Promise<void> {
    const questions = sequences.reduce((sum, { steps }) => sum + steps.length, 0);
    const outcome = await runAll(both, sequences, allListedDifferences, remotes);
    const { differences, unlisted, seconds } = outcome;
    this.#questions += questions;
    this.#differences += differences.length;
    this.#unlisted += unlisted.length;
    for (const [id, count] of outcome.occurrences) if (count > 0) this.#occurred.add(id);
    console.log(`${what}: ${tally(questions, differences.length, unlisted.length)}, ${seconds.toFixed(1)} s`);
    expect(grouped(unlisted), what).toBe('');
  }

  /** Fails when something is listed that is no longer different. Prints how much was asked in all. */
  checkListed(): void {
    console.log(tally(this.#questions, this.#differences, this.#unlisted));
    const gone = this.#own.filter(({ id, byChance }) => byChance !== true && !this.#occurred.has(id));
    expect(gone.map(({ id }) => id)).toEqual([]);
  }
}

function tally(questions: number, differences: number, unlisted: number): string {
  const listed = unlisted === 0 ? 'all of them listed' : `${unlisted} of them not listed`;
  return `questions asked ${questions}, differences ${differences}, ${listed}`;
}
