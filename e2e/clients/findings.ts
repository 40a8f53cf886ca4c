import type { Difference } from '../differential/compare.ts';
import { explain, type ListedDifference } from '../differential/listed.ts';

/** What the tests of a file have found, held against the differences that are meant to be. */
export class Findings {
  readonly #listed: readonly ListedDifference[];
  readonly #occurred = new Set<ListedDifference>();

  constructor(listed: readonly ListedDifference[]) {
    this.#listed = listed;
  }

  /** @returns those that are not listed */
  add(differences: readonly Difference[]): Difference[] {
    return differences.filter((difference) => {
      const reason = explain(difference, this.#listed);
      if (reason !== undefined) this.#occurred.add(reason);
      return reason === undefined;
    });
  }

  /** What is listed and did not occur: it was mended, or never was so. */
  get stale(): ListedDifference[] {
    return this.#listed.filter((listed) => !this.#occurred.has(listed));
  }
}
