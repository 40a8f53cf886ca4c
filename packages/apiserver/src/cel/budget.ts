import { CelBudgetExceeded } from './errors.ts';
import { isList, isMap, type CelValue } from './values.ts';

/** Steps that one expression may take, and all rules of one object together; the units are those of Kubernetes. */
export const EXPRESSION_LIMIT = 1_000_000;
export const OBJECT_LIMIT = 10_000_000;
/** Steps of work that stand for one unit of cost. */
const WORK_OF_UNIT = 5;

/** Counts what the evaluation of one expression costs: what Kubernetes counts, and apart from it the work that calls do. */
export class Budget {
  readonly #limit: number;
  #spent = 0;
  #worked = 0;

  constructor(limit = EXPRESSION_LIMIT) {
    this.#limit = limit;
  }

  /** Units, or the work in units if that is more; work beyond the limit was refused, not done. */
  get spent(): number {
    return Math.max(this.#spent, Math.min(this.#limit, Math.floor(this.#worked / WORK_OF_UNIT)));
  }

  /** The work that is still possible. */
  get workLeft(): number {
    return this.#limit * WORK_OF_UNIT - this.#worked;
  }

  /** @throws CelBudgetExceeded */
  spend(cost: number): void {
    this.#spent += cost;
    if (this.#spent > this.#limit) throw new CelBudgetExceeded();
  }

  /** @throws CelBudgetExceeded */
  work(steps: number): void {
    this.#worked += steps;
    if (this.workLeft < 0) throw new CelBudgetExceeded();
  }
}

/** The size of a value as costs count it: characters, bytes, elements, or 1. */
export function sizeOf(value: CelValue | undefined): number {
  if (value === undefined || value === null) return 1;
  if (typeof value === 'string') return value.length;
  if (value instanceof Uint8Array) return value.length;
  return isList(value) || isMap(value) ? value.size : 1;
}
