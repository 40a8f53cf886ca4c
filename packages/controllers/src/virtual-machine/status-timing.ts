import {
  getCondition,
  jsonEqual,
  sameConditions,
  type Condition,
  type VirtualMachineStatus,
} from '@virtkit/core-types';
import type { Clock } from '../runtime/clock.ts';
import { Coalescer } from '../runtime/coalescer.ts';
import type { ObjectKey } from '../runtime/object-key.ts';

/** How long news may wait for company, in milliseconds. */
export interface StatusTimingOptions {
  /** A change of no consequence; default 5000. */
  readonly coalesceMs?: number;
  /** That a machine starts, for that it runs; default 3000. */
  readonly startingMs?: number;
}

/** Decides when a status that differs is written. */
export class StatusTiming {
  readonly #minor: Coalescer;
  readonly #starting: Coalescer;

  constructor(clock: Clock, { coalesceMs = 5_000, startingMs = 3_000 }: StatusTimingOptions) {
    this.#minor = new Coalescer(clock, coalesceMs);
    this.#starting = new Coalescer(clock, startingMs);
  }

  /** Milliseconds that the write of `after` may still wait; 0 when it is to be written now. */
  waitMs(
    key: ObjectKey,
    before: VirtualMachineStatus | null | undefined,
    after: VirtualMachineStatus,
  ): number {
    if (onlyStarts(before, after)) return this.#starting.waitMs(key);
    return isUrgent(before, after) ? 0 : this.#minor.waitMs(key);
  }

  /** There is no difference any more. */
  settle(key: ObjectKey): void {
    this.#minor.settle(key);
    this.#starting.settle(key);
  }
}

/**
 * Whether all that there is to say is that the machine starts: most run before anybody has looked, and then that is said
 * instead. Only of strategies that need not remember that they were in force.
 */
export function onlyStarts(
  before: VirtualMachineStatus | null | undefined,
  after: VirtualMachineStatus,
): boolean {
  return (
    before == null &&
    after.printableStatus === 'Starting' &&
    after.runStrategy === 'Always' &&
    after.startFailure === undefined &&
    getCondition(after.conditions, 'Failure') === undefined
  );
}

/**
 * Whether the difference must be written now. While a machine starts, each step changes only the reason of a condition;
 * such a change is worth a write of its own only when nothing else follows.
 */
export function isUrgent(
  before: VirtualMachineStatus | null | undefined,
  after: VirtualMachineStatus,
): boolean {
  if (before == null) return true;
  const facts = ({ conditions: _conditions, ...rest }: VirtualMachineStatus) => rest;
  const withoutReasons = (conditions: readonly Condition[] | undefined) =>
    (conditions ?? []).map(({ type, status, reason }) => ({
      type,
      status,
      reason: type === 'Ready' ? undefined : reason,
    }));
  return (
    !jsonEqual(facts(before), facts(after)) ||
    !sameConditions(withoutReasons(before.conditions), withoutReasons(after.conditions))
  );
}
