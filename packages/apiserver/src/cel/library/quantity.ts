import { CelFault } from '../errors.ts';
import type { LibrarySource } from '../overloads.ts';
import type { Opaque } from '../values.ts';
import { billionths } from '../../object/quantity.ts';
import { of } from './standard.ts';

const ONE = 1_000_000_000n;
const MAX_INT = 9223372036854775807n;
const SYNTAX = /^[+-]?(\d+(?:\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;
const MISPRINT =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** A resource quantity, such as 100m or 2Gi. */
class Quantity implements Opaque {
  readonly kind = 'opaque';
  readonly type = 'kubernetes.Quantity';
  readonly billionths: bigint;
  readonly #digits: number;

  /** @param digits about how many the number has, which may be far more than any that is meant */
  constructor(amount: bigint, digits = 0) {
    this.billionths = amount;
    this.#digits = digits;
  }

  plus(other: Quantity): Quantity {
    return new Quantity(this.billionths + other.billionths, Math.max(this.#digits, other.#digits));
  }

  negative(): Quantity {
    return new Quantity(-this.billionths, this.#digits);
  }

  equals(other: Opaque): boolean {
    return other instanceof Quantity && other.billionths === this.billionths;
  }

  weight(): number {
    return this.#digits / 4;
  }
}

function parseQuantity(text: string): Quantity | undefined {
  if (!SYNTAX.test(text)) return undefined;
  const amount = billionths(text);
  return amount === undefined ? undefined : new Quantity(amount, text.length);
}

function quantity(text: string): Quantity {
  const parsed = parseQuantity(text);
  if (parsed === undefined) throw new CelFault(MISPRINT);
  return parsed;
}

function isInteger({ billionths: amount }: Quantity): boolean {
  return amount % ONE === 0n && amount / ONE <= MAX_INT && amount / ONE >= -MAX_INT - 1n;
}

function asInteger(amount: Quantity): bigint {
  if (!isInteger(amount)) throw new CelFault('cannot convert value to integer');
  return amount.billionths / ONE;
}

function order(a: Quantity, b: Quantity): bigint {
  return a.billionths < b.billionths ? -1n : a.billionths > b.billionths ? 1n : 0n;
}

const Q = 'kubernetes.Quantity';

/** Resource quantities. */
export const QUANTITIES: LibrarySource = {
  quantity: { [`(string) ${Q}`]: of(quantity) },
  isQuantity: { '(string) bool': of((text: string) => parseQuantity(text) !== undefined) },
  sign: { [`(${Q}) int`]: of((a: Quantity) => order(a, new Quantity(0n))) },
  isGreaterThan: { [`${Q}.(${Q}) bool`]: of((a: Quantity, b: Quantity) => order(a, b) > 0n) },
  isLessThan: { [`${Q}.(${Q}) bool`]: of((a: Quantity, b: Quantity) => order(a, b) < 0n) },
  compareTo: { [`${Q}.(${Q}) int`]: of(order) },
  asApproximateFloat: { [`${Q}.() double`]: of((a: Quantity) => Number(a.billionths) / Number(ONE)) },
  asInteger: { [`${Q}.() int`]: of(asInteger) },
  isInteger: { [`${Q}.() bool`]: of(isInteger) },
  add: {
    [`${Q}.(${Q}) ${Q}`]: of((a: Quantity, b: Quantity) => a.plus(b)),
    [`${Q}.(int) ${Q}`]: of((a: Quantity, b: bigint) => a.plus(new Quantity(b * ONE))),
  },
  sub: {
    [`${Q}.(${Q}) ${Q}`]: of((a: Quantity, b: Quantity) => a.plus(b.negative())),
    [`${Q}.(int) ${Q}`]: of((a: Quantity, b: bigint) => a.plus(new Quantity(-b * ONE))),
  },
};
