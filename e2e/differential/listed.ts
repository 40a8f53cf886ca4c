import type { Difference } from './compare.ts';

/** A difference that is meant to be, or that is known and not mended yet. */
export interface ListedDifference {
  /** Unique, a few words with dashes. */
  readonly id: string;
  /** What users see, one or two sentences for docs/embedded-api-server.md. */
  readonly what: string;
  /** Why it stays. */
  readonly why: string;
  /** True for what is chance on one of the servers, so that a run without it is no reason to strike it off. */
  readonly byChance?: boolean;
  /** All of those that are given must match. */
  readonly where: {
    readonly sequence?: RegExp;
    readonly step?: RegExp;
    readonly path: RegExp;
    /** Of the JSON text; `absent` if Kubernetes does not have it. */
    readonly kubernetes?: RegExp | 'absent';
    readonly ours?: RegExp | 'absent';
  };
}

/** The listed difference that explains a difference, if any. */
export function explain(
  difference: Difference,
  listed: readonly ListedDifference[],
): ListedDifference | undefined {
  return listed.find(
    ({ where }) =>
      where.path.test(difference.path) &&
      (where.sequence?.test(difference.sequence) ?? true) &&
      (where.step?.test(difference.step) ?? true) &&
      matches(where.kubernetes, difference.kubernetes) &&
      matches(where.ours, difference.ours),
  );
}

function matches(pattern: RegExp | 'absent' | undefined, value: unknown): boolean {
  if (pattern === undefined) return true;
  if (pattern === 'absent') return value === undefined;
  return value !== undefined && pattern.test(JSON.stringify(value));
}
