// Times and spans of time as Go writes and reads them.
import { CelFault } from '../errors.ts';
import { Duration, Timestamp } from '../values.ts';

const SECOND = 1_000_000_000n;
const MIN_SECONDS = -62135596800n;
const MAX_SECONDS = 253402300799n;
const MAX_NANOS = 9223372036854775807n;
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
};
/** Further units that durations in objects may have, as OpenAPI's format is read by Kubernetes. */
const LONG_UNITS: readonly (readonly [RegExp, bigint])[] = [
  [/^(ns|nano)$/, 1n],
  [/^(us|µs|micro)$/, 1_000n],
  [/^(ms|milli)$/, 1_000_000n],
  [/^(s|sec|seconds?)$/, SECOND],
  [/^(m|min|minutes?)$/, 60n * SECOND],
  [/^(h|hr|hours?)$/, 3600n * SECOND],
  [/^(d|days?)$/, 86_400n * SECOND],
  [/^(w|wk|weeks?)$/, 604_800n * SECOND],
];

/** One number with its unit, at the place where the last one ended. */
const SHORT = /(\d{0,20})(?:\.(\d{0,20}))?(ns|us|µs|μs|ms|[smh])/y;
const LONG = /\s{0,9}(\d{1,20})\s{0,9}([A-Za-zµ]{1,7})/y;

/** Reads `1h30m`, `-1.5s`, `0`. @returns undefined for what is no duration */
export function parseDuration(text: string): Duration | undefined {
  const sign = text.startsWith('-') ? -1n : 1n;
  const rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return new Duration(0n);
  let nanos = 0n;
  const complete = eachMatch(SHORT, rest, ([, whole = '', fraction = '', unit = '']) => {
    if (whole === '' && fraction === '') return false;
    const size = UNITS[unit] ?? 0n;
    nanos += BigInt(whole === '' ? 0 : whole) * size;
    if (fraction !== '') nanos += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
    return true;
  });
  return !complete || nanos > MAX_NANOS ? undefined : new Duration(sign * nanos);
}

/** Goes through a text match by match. @returns whether matches that are taken make up all of it */
function eachMatch(pattern: RegExp, text: string, take: (match: RegExpExecArray) => boolean): boolean {
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null || !take(match)) return false;
    at = pattern.lastIndex;
  }
  return text !== '';
}

/** Reads the durations that objects may contain: those of Go, and such as `3 days`. */
export function parseObjectDuration(text: string): Duration | undefined {
  const plain = parseDuration(text);
  if (plain !== undefined) return plain;
  let nanos = 0n;
  const complete = eachMatch(LONG, text.trim(), ([, count = '', name = '']) => {
    const unit = LONG_UNITS.find(([pattern]) => pattern.test(name.toLowerCase()));
    if (unit === undefined) return false;
    nanos += BigInt(count) * unit[1];
    return true;
  });
  return complete ? new Duration(nanos) : undefined;
}

/** A part of a second in nanoseconds as a decimal fraction, without zeros at its end. */
function fractionText(nanos: bigint): string {
  if (nanos === 0n) return '';
  let digits = String(nanos).padStart(9, '0');
  while (digits.endsWith('0')) digits = digits.slice(0, -1);
  return `.${digits}`;
}

/** `90s` as `90s`, as CEL converts durations to strings. */
export function durationText({ nanos }: Duration): string {
  const size = nanos < 0n ? -nanos : nanos;
  return `${nanos < 0n ? '-' : ''}${size / SECOND}${fractionText(size % SECOND)}s`;
}

/** Reads RFC 3339. @returns undefined for anything else */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(text);
  if (match === null) return undefined;
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction = '',
    sign,
    offsetHours = '0',
    offsetMinutes = '0',
  ] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  const exact =
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    date.getUTCHours() === Number(hour) &&
    Number(minute) < 60 &&
    Number(second) < 60;
  if (!exact || Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -60 : 60);
  const seconds = BigInt(date.getTime() / 1000 - offset);
  return new Timestamp(seconds * SECOND + BigInt(fraction.slice(0, 9).padEnd(9, '0')));
}

/** Whole seconds since 1970, towards the past. */
export function unixSeconds({ nanos }: Timestamp): bigint {
  return nanos >= 0n ? nanos / SECOND : -((-nanos + SECOND - 1n) / SECOND);
}

/** @throws CelFault for a time before the year 1 or after 9999 */
export function checkedTimestamp(nanos: bigint): Timestamp {
  const timestamp = new Timestamp(nanos);
  const seconds = unixSeconds(timestamp);
  if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) throw new CelFault('timestamp overflow');
  return timestamp;
}

/** @throws CelFault for a span that 64 bits of nanoseconds cannot hold */
export function checkedDuration(nanos: bigint): Duration {
  if (nanos > MAX_NANOS || nanos < -MAX_NANOS - 1n) throw new CelFault('duration overflow');
  return new Duration(nanos);
}

/** RFC 3339 with as many digits as there are. */
export function timestampText(timestamp: Timestamp): string {
  const seconds = unixSeconds(timestamp);
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return `${whole}${fractionText(timestamp.nanos - seconds * SECOND)}Z`;
}

/** The parts of a date in a time zone: a name, an offset such as `+02:00`, or UTC. @throws CelFault for an unknown zone */
export function dateIn(timestamp: Timestamp, zone = 'UTC'): Date {
  const date = new Date(Number(unixSeconds(timestamp)) * 1000);
  const offset = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (offset !== null) {
    const minutes = (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === '-' ? -1 : 1);
    return new Date(date.getTime() + minutes * 60_000);
  }
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }).formatToParts(date);
    const part = (type: string) => Number(parts.find((each) => each.type === type)?.value ?? 0);
    return new Date(
      Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')),
    );
  } catch (error) {
    if (error instanceof RangeError) throw new CelFault(`unknown time zone ${zone}`);
    throw error;
  }
}

/** Milliseconds within the second. */
export function millisecondsOf(timestamp: Timestamp): bigint {
  return (timestamp.nanos - unixSeconds(timestamp) * SECOND) / 1_000_000n;
}
