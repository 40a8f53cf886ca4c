import { CelBudgetExceeded } from './errors.ts';
import { isList, isMap, type CelValue } from './values.ts';

/** Steps that one expression may take, and all rules of one object together; the units are those of Kubernetes. */
export const EXPRESSION_LIMIT = 1_000_000;
export const OBJECT_LIMIT = 10_000_000;

/** Counts what the evaluation of one expression costs. */
export class Budget {
  readonly #limit: number;
  #spent = 0;

  constructor(limit = EXPRESSION_LIMIT) {
    this.#limit = limit;
  }

  get spent(): number {
    return this.#spent;
  }

  /** @throws CelBudgetExceeded */
  spend(cost: number): void {
    this.#spent += cost;
    if (this.#spent > this.#limit) throw new CelBudgetExceeded();
  }
}

/** The size of a value as costs count it: characters, bytes, elements, or 1. */
export function sizeOf(value: CelValue | undefined): number {
  if (value === undefined || value === null) return 1;
  if (typeof value === 'string') return value.length;
  if (value instanceof Uint8Array) return value.length;
  return isList(value) || isMap(value) ? value.size : 1;
}
