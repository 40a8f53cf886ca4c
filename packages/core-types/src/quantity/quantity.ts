import { CoreTypesError } from '../errors.ts';

/** The suffix family in which a quantity is written: `1Ki`, `1k` or `1e3`. */
export type QuantityFormat = 'binary' | 'decimal' | 'exponent';

const nanosPerUnit = 1_000_000_000n;
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
/** Suffix of each power of 1000, from nano to exa. */
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const;
/** An exponent of more than three digits is nonsense, and computing with it would only cost memory. */
const grammar = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE]([+-]?\d{1,3}))?$/;

/**
 * An amount of a resource, exact to 10^-9. Immutable. More precise input is rounded away from zero, as Kubernetes
 * does; unlike there, large amounts are not capped.
 */
export class Quantity {
  static readonly zero = new Quantity(0n, 'decimal');

  readonly #nanos: bigint;
  /** The suffix family used by `toString`. */
  readonly format: QuantityFormat;

  private constructor(nanos: bigint, format: QuantityFormat) {
    this.#nanos = nanos;
    this.format = format;
  }

  /**
   * Reads `128974848`, `1.5Gi`, `100m`, `129e6`, or a number as JSON gives it.
   *
   * @throws CoreTypesError `InvalidQuantity`
   */
  static parse(value: string | number | bigint): Quantity {
    if (typeof value === 'bigint') return new Quantity(value * nanosPerUnit, 'decimal');
    const text = typeof value === 'number' ? String(value) : value;
    const match = grammar.exec(text);
    if (!match) throw new CoreTypesError('InvalidQuantity', `not a quantity: ${JSON.stringify(text)}`);
    const [, sign, digits, suffix = '', exponent] = match;
    const amount = scale(digits!, suffix, exponent);
    const format = exponent === undefined ? (suffix.endsWith('i') ? 'binary' : 'decimal') : 'exponent';
    return new Quantity(sign === '-' ? -amount : amount, typeof value === 'number' ? 'decimal' : format);
  }

  /** A number of bytes, written with binary suffixes unless told otherwise. */
  static fromBytes(bytes: bigint | number, format: QuantityFormat = 'binary'): Quantity {
    return new Quantity(BigInt(bytes) * nanosPerUnit, format);
  }

  /** Thousandths, the unit of CPU requests. */
  static fromMilli(milli: bigint | number, format: QuantityFormat = 'decimal'): Quantity {
    return new Quantity(BigInt(milli) * 1_000_000n, format);
  }

  /** -1, 0 or 1, as `this` is less than, equal to or greater than `other`; the suffix family does not matter. */
  compare(other: Quantity): -1 | 0 | 1 {
    return this.#nanos < other.#nanos ? -1 : this.#nanos > other.#nanos ? 1 : 0;
  }

  /** Whether both are the same amount, however they are written. */
  equals(other: Quantity): boolean {
    return this.#nanos === other.#nanos;
  }

  /** Exactly zero: 1n (10^-9) is not. */
  isZero(): boolean {
    return this.#nanos === 0n;
  }

  /** Below zero; zero itself is not. */
  isNegative(): boolean {
    return this.#nanos < 0n;
  }

  /** The sum, in the suffix family of `this`, or of `other` when `this` is zero. */
  add(other: Quantity): Quantity {
    return new Quantity(this.#nanos + other.#nanos, this.isZero() ? other.format : this.format);
  }

  /** The difference, in the suffix family of `this`, or of `other` when `this` is zero. */
  sub(other: Quantity): Quantity {
    return new Quantity(this.#nanos - other.#nanos, this.isZero() ? other.format : this.format);
  }

  /**
   * The product with a ratio of integers, rounded away from zero to 10^-9.
   *
   * @throws RangeError when the denominator is zero
   */
  mul(numerator: bigint | number, denominator: bigint | number = 1n): Quantity {
    return new Quantity(
      divideAwayFromZero(this.#nanos * BigInt(numerator), BigInt(denominator)),
      this.format,
    );
  }

  /** Whole units (bytes, for memory and storage), rounded away from zero. */
  toBytes(): bigint {
    return divideAwayFromZero(this.#nanos, nanosPerUnit);
  }

  /** Whole thousandths (millicores, for CPU), rounded away from zero. */
  toMilli(): bigint {
    return divideAwayFromZero(this.#nanos, 1_000_000n);
  }

  /** The nearest floating point number, for metrics and display. */
  toNumber(): number {
    return Number(this.#nanos / nanosPerUnit) + Number(this.#nanos % nanosPerUnit) / 1e9;
  }

  /** The same amount in another suffix family. */
  withFormat(format: QuantityFormat): Quantity {
    return new Quantity(this.#nanos, format);
  }

  /**
   * The canonical form: the largest suffix of the family that needs no fraction. Binary suffixes are used from 1024
   * on and for whole numbers only; other amounts are written with decimal suffixes.
   */
  toString(): string {
    if (this.#nanos === 0n) return '0';
    const whole = this.#nanos % nanosPerUnit === 0n;
    const units = this.#nanos / nanosPerUnit;
    if (this.format === 'binary' && whole && (units >= 1024n || units <= -1024n)) return formatBinary(units);
    return formatDecimal(this.#nanos, this.format === 'exponent');
  }

  /** What `JSON.stringify` writes: the canonical form of `toString`. */
  toJSON(): string {
    return this.toString();
  }
}

/** The amount in 10^-9, rounded up. */
function scale(digits: string, suffix: string, exponent: string | undefined): bigint {
  const [integer = '', fraction = ''] = digits.split('.');
  const mantissa = BigInt(integer + fraction);
  const power = powerOfTen(suffix, exponent) + 9 - fraction.length;
  const binary = suffix.endsWith('i') ? 1024n ** BigInt(binarySuffixes.indexOf(suffix as 'Ki')) : 1n;
  const scaled = mantissa * binary;
  return power >= 0 ? scaled * 10n ** BigInt(power) : divideAwayFromZero(scaled, 10n ** BigInt(-power));
}

function powerOfTen(suffix: string, exponent: string | undefined): number {
  if (exponent !== undefined) return Number(exponent);
  return suffix.endsWith('i') ? 0 : (decimalSuffixes.indexOf(suffix as 'n') - 3) * 3;
}

function divideAwayFromZero(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  if (dividend % divisor === 0n) return quotient;
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n;
}

function formatBinary(units: bigint): string {
  let value = units;
  let step = 0;
  while (step < binarySuffixes.length - 1 && value % 1024n === 0n) {
    value /= 1024n;
    step++;
  }
  return `${value}${binarySuffixes[step]!}`;
}

function formatDecimal(nanos: bigint, asExponent: boolean): string {
  let value = nanos;
  let step = 0;
  // An exponent has no largest suffix to stop at.
  while (value % 1000n === 0n && (asExponent || step < decimalSuffixes.length - 1)) {
    value /= 1000n;
    step++;
  }
  const power = (step - 3) * 3;
  if (!asExponent) return `${value}${decimalSuffixes[step]!}`;
  return power === 0 ? String(value) : `${value}e${power}`;
}
