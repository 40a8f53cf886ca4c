import type { ApiError, FieldProblem } from '../errors.ts';

/** Something that validation could not find out, so that the server alone can judge. */
export interface LeftToServer {
  readonly why: string;
  /** What came of the look-up; undefined where there was none. */
  readonly cause?: ApiError | undefined;
}

/** What admission says of a write before it is sent. */
export interface Judgement<T> {
  /**
   * `undecided`: something that a rule needs could not be looked up (`leftToServer`), so that the server may decide in
   * another way; the rest tells how it would be if that were not there.
   */
  readonly verdict: 'allowed' | 'refused' | 'undecided';
  /** What is wrong; empty when nothing is, or when the object is refused as a whole (`refusal` says why). */
  readonly causes: readonly FieldProblem[];
  /** The error that the write would fail with. */
  readonly refusal: ApiError | undefined;
  readonly warnings: readonly string[];
  /** The object with what admission fills in, as it would be stored; as far as it came where it is refused. */
  readonly defaulted: T;
  readonly leftToServer: readonly LeftToServer[];
}
