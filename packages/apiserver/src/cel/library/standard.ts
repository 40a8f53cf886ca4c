import { sizeOf } from '../budget.ts';
import { CelFault, noSuchOverload } from '../errors.ts';
import { contains, index, optionalIndex } from '../evaluate.ts';
import type { Implementation, LibrarySource } from '../overloads.ts';
import {
  compare,
  Duration,
  elements,
  equal,
  isList,
  isMap,
  list,
  Optional,
  Timestamp,
  typeName,
  TypeName,
  Uint,
  type CelList,
  type CelValue,
} from '../values.ts';
import { matches } from './regex.ts';
import {
  checkedInt,
  checkedUint,
  doubleText,
  parseDouble,
  parseInt64,
  parseUint64,
  truncated,
} from './numbers.ts';
import {
  checkedDuration,
  checkedTimestamp,
  dateIn,
  durationText,
  millisecondsOf,
  parseDuration,
  parseTimestamp,
  timestampText,
  unixSeconds,
} from './time.ts';

const SECOND = 1_000_000_000n;

/** Makes an implementation of a function of values whose types the dispatch has checked. */
export function of<A extends readonly CelValue[]>(work: (...args: A) => CelValue): Implementation {
  return (args) => work(...(args as unknown as A));
}

function relation(holds: (order: number) => boolean): Record<string, Implementation> {
  const compared = of((a: CelValue, b: CelValue) => holds(compare(a, b)));
  const numbers = ['int', 'uint', 'double'];
  const others = ['bool', 'string', 'bytes', 'timestamp', 'duration'];
  return Object.fromEntries([
    ...others.map((type) => [`(${type}, ${type}) bool`, compared] as const),
    ...numbers.flatMap((a) => numbers.map((b) => [`(${a}, ${b}) bool`, compared] as const)),
  ]);
}

function joined(a: CelList, b: CelList): CelList {
  return a.plus?.(b) ?? list([...elements(a), ...elements(b)]);
}

function joinedBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Buffer.concat([a, b]);
}

function nonZero(value: bigint, message: string): bigint {
  if (value === 0n) throw new CelFault(message);
  return value;
}

const DIVISION = 'division by zero';
const MODULUS = 'modulus by zero';

/** Operators, by the names that messages give them. */
export const OPERATORS: LibrarySource = {
  '_&&_': { '(bool, bool) bool': noSuchOverloadHere },
  '_||_': { '(bool, bool) bool': noSuchOverloadHere },
  '_?_:_': { '(bool, A, A) A': noSuchOverloadHere },
  '_==_': { '(A, A) bool': of((a: CelValue, b: CelValue) => equal(a, b)) },
  '_!=_': { '(A, A) bool': of((a: CelValue, b: CelValue) => !equal(a, b)) },
  '_<_': relation((order) => order < 0),
  '_<=_': relation((order) => order <= 0),
  '_>_': relation((order) => order > 0),
  '_>=_': relation((order) => order >= 0),
  '@in': {
    '(A, list(A)) bool': of((value: CelValue, range: CelValue) => contains(range, value)),
    '(A, map(A, B)) bool': of((value: CelValue, range: CelValue) => contains(range, value)),
  },
  '_[_]': {
    '(list(A), int) A': of((value: CelValue, key: CelValue) => index(value, key)),
    '(map(A, B), A) B': of((value: CelValue, key: CelValue) => index(value, key)),
    '(optional(list(A)), int) optional(A)': of((value: CelValue, key: CelValue) => index(value, key)),
    '(optional(map(A, B)), A) optional(B)': of((value: CelValue, key: CelValue) => index(value, key)),
    // Reached at run time only, with a key of a type that lists do not take.
    '(list(A), double) A': of((value: CelValue, key: CelValue) => index(value, key)),
  },
  '_[?_]': {
    '(list(A), int) optional(A)': of((value: CelValue, key: CelValue) => optionalIndex(value, key)),
    '(optional(list(A)), int) optional(A)': of((value: CelValue, key: CelValue) => optionalIndex(value, key)),
    '(map(A, B), A) optional(B)': of((value: CelValue, key: CelValue) => optionalIndex(value, key)),
    '(optional(map(A, B)), A) optional(B)': of((value: CelValue, key: CelValue) => optionalIndex(value, key)),
  },
  '!_': { '(bool) bool': of((a: boolean) => !a) },
  '-_': { '(int) int': of((a: bigint) => checkedInt(-a)), '(double) double': of((a: number) => -a) },
  '_+_': {
    '(int, int) int': of((a: bigint, b: bigint) => checkedInt(a + b)),
    '(uint, uint) uint': of((a: Uint, b: Uint) => checkedUint(a.value + b.value)),
    '(double, double) double': of((a: number, b: number) => a + b),
    '(string, string) string': of((a: string, b: string) => a + b),
    '(bytes, bytes) bytes': of(joinedBytes),
    '(list(A), list(A)) list(A)': of(joined),
    '(duration, duration) duration': of((a: Duration, b: Duration) => checkedDuration(a.nanos + b.nanos)),
    '(timestamp, duration) timestamp': of((a: Timestamp, b: Duration) => checkedTimestamp(a.nanos + b.nanos)),
    '(duration, timestamp) timestamp': of((a: Duration, b: Timestamp) => checkedTimestamp(a.nanos + b.nanos)),
  },
  '_-_': {
    '(int, int) int': of((a: bigint, b: bigint) => checkedInt(a - b)),
    '(uint, uint) uint': of((a: Uint, b: Uint) => checkedUint(a.value - b.value)),
    '(double, double) double': of((a: number, b: number) => a - b),
    '(duration, duration) duration': of((a: Duration, b: Duration) => checkedDuration(a.nanos - b.nanos)),
    '(timestamp, duration) timestamp': of((a: Timestamp, b: Duration) => checkedTimestamp(a.nanos - b.nanos)),
    '(timestamp, timestamp) duration': of((a: Timestamp, b: Timestamp) => checkedDuration(a.nanos - b.nanos)),
  },
  '_*_': {
    '(int, int) int': of((a: bigint, b: bigint) => checkedInt(a * b)),
    '(uint, uint) uint': of((a: Uint, b: Uint) => checkedUint(a.value * b.value)),
    '(double, double) double': of((a: number, b: number) => a * b),
  },
  '_/_': {
    '(int, int) int': of((a: bigint, b: bigint) => checkedInt(a / nonZero(b, DIVISION))),
    '(uint, uint) uint': of((a: Uint, b: Uint) => checkedUint(a.value / nonZero(b.value, DIVISION))),
    '(double, double) double': of((a: number, b: number) => a / b),
  },
  '_%_': {
    '(int, int) int': of((a: bigint, b: bigint) => checkedInt(a % nonZero(b, MODULUS))),
    '(uint, uint) uint': of((a: Uint, b: Uint) => checkedUint(a.value % nonZero(b.value, MODULUS))),
  },
};

/** These are evaluated where they stand, since they do not always look at all of their operands. */
function noSuchOverloadHere(): never {
  throw noSuchOverload();
}

function conversionFault(value: CelValue, target: string): CelFault {
  return new CelFault(`type conversion error from '${typeName(value)}' to '${target}'`);
}

function converted<T>(value: string, result: T | undefined, target: string): T {
  if (result === undefined) throw conversionFault(value, target);
  return result;
}

function utf8(value: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch (error) {
    if (error instanceof TypeError) throw new CelFault('invalid UTF-8 in bytes, cannot convert to string');
    throw error;
  }
}

function parseBool(value: string): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(value)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value)) return false;
  throw conversionFault(value, 'bool');
}

const same = of((value: CelValue) => value);
const size = of((value: CelValue) => {
  if (typeof value === 'string') return BigInt(Array.from(value).length);
  return BigInt(sizeOf(value));
});

/** A value as `string()` gives it; undefined for types that have no text. */
export function stringOf(value: CelValue): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'number':
      return doubleText(value);
    default:
  }
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Uint8Array) return utf8(value);
  return value instanceof TypeName ? value.name : undefined;
}

const text = of((value: CelValue) => stringOf(value) ?? '');

/** Conversions, sizes, and functions of strings that belong to the language itself. */
export const FUNCTIONS: LibrarySource = {
  size: {
    '(string) int': size,
    '(bytes) int': size,
    '(list(A)) int': size,
    '(map(A, B)) int': size,
    'string.() int': size,
    'bytes.() int': size,
    'list(A).() int': size,
    'map(A, B).() int': size,
  },
  contains: { 'string.(string) bool': of((a: string, b: string) => a.includes(b)) },
  startsWith: { 'string.(string) bool': of((a: string, b: string) => a.startsWith(b)) },
  endsWith: { 'string.(string) bool': of((a: string, b: string) => a.endsWith(b)) },
  matches: { 'string.(string) bool': matches, '(string, string) bool': matches },
  bool: { '(bool) bool': same, '(string) bool': of(parseBool) },
  int: {
    '(int) int': same,
    '(double) int': of((a: number) => checkedInt(truncated(a, 'integer overflow'))),
    '(string) int': of((a: string) => converted(a, parseInt64(a), 'int')),
    '(timestamp) int': of((a: Timestamp) => unixSeconds(a)),
    '(duration) int': of((a: Duration) => a.nanos),
    '(uint) int': of((a: Uint) => checkedInt(a.value)),
  },
  uint: {
    '(uint) uint': same,
    '(double) uint': of((a: number) => checkedUint(truncated(a, 'unsigned integer overflow'))),
    '(int) uint': of((a: bigint) => checkedUint(a)),
    '(string) uint': of((a: string) => new Uint(converted(a, parseUint64(a), 'uint'))),
  },
  double: {
    '(double) double': same,
    '(int) double': of((a: bigint) => Number(a)),
    '(string) double': of((a: string) => converted(a, parseDouble(a), 'double')),
    '(uint) double': of((a: Uint) => Number(a.value)),
  },
  string: Object.fromEntries(
    ['string', 'bool', 'bytes', 'double', 'duration', 'int', 'timestamp', 'uint'].map((type) => [
      `(${type}) string`,
      text,
    ]),
  ),
  bytes: { '(bytes) bytes': same, '(string) bytes': of((a: string) => Buffer.from(a, 'utf8')) },
  duration: {
    '(duration) duration': same,
    '(string) duration': of((a: string) => converted(a, parseDuration(a), 'google.protobuf.Duration')),
    // Declared, but not to be had.
    '(int) duration': of((a: bigint) => {
      throw conversionFault(a, 'google.protobuf.Duration');
    }),
  },
  timestamp: {
    '(timestamp) timestamp': same,
    '(string) timestamp': of((a: string) => {
      const { nanos } = converted(a, parseTimestamp(a), 'google.protobuf.Timestamp');
      return checkedTimestamp(nanos);
    }),
    '(int) timestamp': of((a: bigint) => checkedTimestamp(a * SECOND)),
  },
  dyn: { '(A) dyn': same },
  type: { '(A) type': of((value: CelValue) => new TypeName(typeName(value))) },
};

function ofDate(part: (date: Date) => number): Record<string, Implementation> {
  return {
    'timestamp.() int': of((time: Timestamp) => BigInt(part(dateIn(time)))),
    'timestamp.(string) int': of((time: Timestamp, zone: string) => BigInt(part(dateIn(time, zone)))),
  };
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000);
}

function total(unit: bigint): Record<string, Implementation> {
  return { 'duration.() int': of((span: Duration) => span.nanos / unit) };
}

/** Parts of times and of spans of time. */
export const TIMES: LibrarySource = {
  getFullYear: ofDate((date) => date.getUTCFullYear()),
  getMonth: ofDate((date) => date.getUTCMonth()),
  getDayOfYear: ofDate(dayOfYear),
  getDate: ofDate((date) => date.getUTCDate()),
  getDayOfMonth: ofDate((date) => date.getUTCDate() - 1),
  getDayOfWeek: ofDate((date) => date.getUTCDay()),
  getHours: { ...ofDate((date) => date.getUTCHours()), ...total(3600n * SECOND) },
  getMinutes: { ...ofDate((date) => date.getUTCMinutes()), ...total(60n * SECOND) },
  getSeconds: { ...ofDate((date) => date.getUTCSeconds()), ...total(SECOND) },
  getMilliseconds: {
    'timestamp.() int': of(millisecondsOf),
    'timestamp.(string) int': of((time: Timestamp) => millisecondsOf(time)),
    ...total(1_000_000n),
  },
};

function isZero(value: CelValue): boolean {
  if (value === null || value === false || value === 0n || value === 0 || value === '') return true;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Duration) return value.nanos === 0n;
  if (value instanceof Optional) return value.value === undefined;
  return (isList(value) || isMap(value) || value instanceof Uint8Array) && sizeOf(value) === 0;
}

/** Values that may be absent. */
export const OPTIONALS: LibrarySource = {
  'optional.of': { '(V) optional(V)': of((value: CelValue) => new Optional(value)) },
  'optional.ofNonZeroValue': {
    '(V) optional(V)': of((value: CelValue) => (isZero(value) ? Optional.none : new Optional(value))),
  },
  'optional.none': { '() optional(V)': () => Optional.none },
  hasValue: { 'optional(V).() bool': of((value: Optional) => value.value !== undefined) },
  value: {
    'optional(V).() V': of((value: Optional) => {
      if (value.value === undefined) throw new CelFault('optional.none() dereference');
      return value.value;
    }),
  },
  or: { 'optional(V).(optional(V)) optional(V)': noSuchOverloadHere },
  orValue: { 'optional(V).(V) V': noSuchOverloadHere },
  first: {
    'list(V).() optional(V)': of(
      (values: CelList) => new Optional(values.size === 0 ? undefined : values.at(0)),
    ),
  },
  last: {
    'list(V).() optional(V)': of(
      (values: CelList) => new Optional(values.size === 0 ? undefined : values.at(values.size - 1)),
    ),
  },
  'optional.unwrap': { '(list(optional(V))) list(V)': of(unwrapped) },
  unwrapOpt: { 'list(optional(V)).() list(V)': of(unwrapped) },
};

function unwrapped(values: CelList): CelList {
  return list(
    [...elements(values)].flatMap((value) =>
      value instanceof Optional && value.value !== undefined ? [value.value] : [],
    ),
  );
}
