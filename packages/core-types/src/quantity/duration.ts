import { CoreTypesError } from '../errors.ts';

/** Nanoseconds of each unit that Go writes; both micro signs are in use. */
const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const largest = 2n ** 63n - 1n;
/** A number and its unit. */
const term = /^(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)$/;

/** A span of time as the API writes it, in Go's notation; exact in nanoseconds. Immutable. */
export class Duration {
  static readonly zero = new Duration(0n);

  readonly nanoseconds: bigint;

  private constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds;
  }

  /**
   * Reads `1h30m`, `300ms`, `-1.5h`, `10µs`, or `0`. Digits below a nanosecond are cut off.
   *
   * @throws CoreTypesError `InvalidDuration`, also beyond the 64 bits that Go keeps
   */
  static parse(text: string): Duration {
    const [, sign, body = ''] = /^([+-]?)(.*)$/s.exec(text)!;
    if (body === '0') return Duration.zero;
    const parts = body.split(/(?<=[a-zµμ])(?=[\d.])/).map((part) => term.exec(part));
    let total = 0n;
    for (const part of parts) {
      const [, integer = '', fraction = '', unit] = part ?? [];
      if (unit === undefined || integer + fraction === '')
        throw new CoreTypesError('InvalidDuration', `not a duration: ${JSON.stringify(text)}`);
      total += partOf(integer, fraction, units[unit]!);
    }
    if (total > largest)
      throw new CoreTypesError('InvalidDuration', `duration too long: ${JSON.stringify(text)}`);
    return new Duration(sign === '-' ? -total : total);
  }

  /** Exact, and may be negative. */
  static fromNanoseconds(nanoseconds: bigint): Duration {
    return new Duration(nanoseconds);
  }

  /**
   * From milliseconds, rounded to the nearest nanosecond.
   * @throws RangeError when `milliseconds` is not finite
   */
  static fromMilliseconds(milliseconds: number): Duration {
    return new Duration(BigInt(Math.round(milliseconds * 1e6)));
  }

  /**
   * From seconds, rounded to the nearest nanosecond.
   * @throws RangeError when `seconds` is not finite
   */
  static fromSeconds(seconds: number): Duration {
    return Duration.fromMilliseconds(seconds * 1000);
  }

  /** For timers; fractions are kept. */
  get milliseconds(): number {
    return Number(this.nanoseconds) / 1e6;
  }

  get seconds(): number {
    return Number(this.nanoseconds) / 1e9;
  }

  /** -1, 0 or 1, as `this` is shorter than, equal to or longer than `other`. */
  compare(other: Duration): -1 | 0 | 1 {
    return this.nanoseconds < other.nanoseconds ? -1 : this.nanoseconds > other.nanoseconds ? 1 : 0;
  }

  /** The sum, exact; beyond the 64 bits that Go keeps it is not refused. */
  add(other: Duration): Duration {
    return new Duration(this.nanoseconds + other.nanoseconds);
  }

  /** The difference, negative when `other` is longer. */
  sub(other: Duration): Duration {
    return new Duration(this.nanoseconds - other.nanoseconds);
  }

  /** Go's form: `1h30m0s`, `1.5s`, `300ms`, `0s`. */
  toString(): string {
    if (this.nanoseconds === 0n) return '0s';
    const sign = this.nanoseconds < 0n ? '-' : '';
    const span = this.nanoseconds < 0n ? -this.nanoseconds : this.nanoseconds;
    return sign + (span < units['s']! ? formatBelowSecond(span) : formatSeconds(span));
  }

  /** What `JSON.stringify` writes: the same as `toString`. */
  toJSON(): string {
    return this.toString();
  }
}

function partOf(integer: string, fraction: string, unit: bigint): bigint {
  const whole = BigInt(integer === '' ? '0' : integer) * unit;
  return fraction === '' ? whole : whole + (BigInt(fraction) * unit) / 10n ** BigInt(fraction.length);
}

function formatBelowSecond(span: bigint): string {
  if (span < 1_000n) return `${span}ns`;
  return span < 1_000_000n ? `${decimal(span, 3)}µs` : `${decimal(span, 6)}ms`;
}

function formatSeconds(span: bigint): string {
  const hours = span / units['h']!;
  const minutes = (span % units['h']!) / units['m']!;
  const seconds = `${decimal(span % units['m']!, 9)}s`;
  if (hours > 0n) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${minutes}m${seconds}` : seconds;
}

/** `value` times 10^-`places`, without trailing zeros. */
function decimal(value: bigint, places: number): string {
  const base = 10n ** BigInt(places);
  const fraction = (value % base)
    .toString()
    .padStart(places, '0')
    .replace(/(?<!0)0+$/, '');
  return fraction === '' ? String(value / base) : `${value / base}.${fraction}`;
}
