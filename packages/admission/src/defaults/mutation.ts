import type { Denial } from '../validation/denial.ts';

/** What mutation makes of an object: the object as it is stored, or why the request is refused. */
export type Mutation<T> =
  | { readonly ok: true; readonly object: T; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly denied: Denial };

/** The object as mutation leaves it. */
export function mutated<T>(object: T, warnings: readonly string[] = []): Mutation<T> {
  return { ok: true, object, warnings };
}
