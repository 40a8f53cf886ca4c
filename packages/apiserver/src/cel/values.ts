import { CelFault, noSuchOverload } from './errors.ts';

/**
 * A value of CEL: int is a bigint, double a number, bytes a Uint8Array; everything that JavaScript has no type for is an
 * instance of a class of this package.
 */
export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | Uint
  | Timestamp
  | Duration
  | CelList
  | CelMap
  | Optional
  | TypeName
  | Opaque;

/** An unsigned 64-bit integer. */
export class Uint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** A point in time: nanoseconds since 1970. */
export class Timestamp {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A span of time in nanoseconds. */
export class Duration {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** The value of the names of types: `type(1) == int`. */
export class TypeName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A value that may be absent. */
export class Optional {
  static readonly none = new Optional(undefined);
  readonly value: CelValue | undefined;

  constructor(value: CelValue | undefined) {
    this.value = value;
  }
}

/** A list; lists of objects are converted element by element as they are read. */
export interface CelList {
  readonly kind: 'list';
  readonly size: number;
  at(index: number): CelValue;
  /** Lists with a meaning of their own (sets, maps by key) compare and join in their own way. */
  equals?(other: CelList): boolean;
  plus?(other: CelList): CelList;
}

/** A map or an object. */
export interface CelMap {
  readonly kind: 'map';
  readonly size: number;
  get(key: CelValue): CelValue | undefined;
  keys(): Iterable<CelValue>;
  /** Objects of a schema may have members that expressions do not see, but that make a difference. */
  equals?(other: CelMap): boolean;
  /** Steps of looking at all of it, at most `most` or a few more; without it, the members tell. */
  weight?(most: number): number;
}

/** A value that only functions of a library look into. */
export interface Opaque {
  readonly kind: 'opaque';
  readonly type: string;
  equals(other: Opaque): boolean;
  /** Steps of looking at all of it, at most `most` or a few more; without it, always the same few. */
  weight?(most: number): number;
}

/** A list of values that are there already. */
export function list(elements: readonly CelValue[]): CelList {
  return {
    kind: 'list',
    size: elements.length,
    at: (index) => elements[index] ?? null,
  };
}

/** The elements of a list. */
export function* elements(values: CelList): Generator<CelValue> {
  for (let index = 0; index < values.size; index += 1) yield values.at(index);
}

/** A map of values that are there already. @throws CelFault for a key that cannot be one, or comes twice */
export function map(entries: Iterable<readonly [CelValue, CelValue]>): CelMap {
  const members = new Map<string, readonly [CelValue, CelValue]>();
  for (const [key, value] of entries) {
    const identity = keyIdentity(key);
    if (identity === undefined) throw new CelFault(`unsupported key type: ${typeName(key)}`);
    if (members.has(identity)) throw new CelFault(`insert failed: key ${show(key)} already exists`);
    members.set(identity, [key, value]);
  }
  return {
    kind: 'map',
    size: members.size,
    get: (key) => members.get(keyIdentity(key) ?? '')?.[1],
    keys: () => [...members.values()].map(([key]) => key),
  };
}

/** Keys that are equal have the same identity: numbers by their value, whatever their type. */
function keyIdentity(key: CelValue): string | undefined {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'bigint') return `n${key}`;
  if (typeof key === 'number') return Number.isInteger(key) ? `n${BigInt(key)}` : `d${key}`;
  if (typeof key === 'boolean') return `b${key}`;
  return key instanceof Uint ? `n${key.value}` : undefined;
}

/** True for a list. */
export function isList(value: CelValue): value is CelList {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'list';
}

/** True for a map or an object. */
export function isMap(value: CelValue): value is CelMap {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'map';
}

/** True for a value that only functions of a library look into. */
export function isOpaque(value: CelValue): value is Opaque {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'opaque';
}

/** The name of a value's type, as `type()` gives it. */
export function typeName(value: CelValue): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    default:
  }
  if (value === null) return 'null_type';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof TypeName) return 'type';
  return value.kind === 'opaque' ? value.type : value.kind;
}

function numeric(value: CelValue): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof Uint ? value.value : undefined;
}

/** Equality of CEL: values of different types are not equal, except numbers of the same value. */
export function equal(a: CelValue, b: CelValue): boolean {
  const left = numeric(a);
  const right = numeric(b);
  // An int and a double of the same value are equal.
  if (left !== undefined && right !== undefined) return left == right;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeName) return b instanceof TypeName && a.name === b.name;
  if (a instanceof Optional) return b instanceof Optional && equalOptionals(a, b);
  if (isList(a)) return isList(b) && equalLists(a, b);
  if (isMap(a)) return isMap(b) && equalMaps(a, b);
  return isOpaque(a) && isOpaque(b) && a.type === b.type && a.equals(b);
}

function equalOptionals(a: Optional, b: Optional): boolean {
  if (a.value === undefined || b.value === undefined) return a.value === b.value;
  return equal(a.value, b.value);
}

function equalLists(a: CelList, b: CelList): boolean {
  if (a.size !== b.size) return false;
  if (a.equals !== undefined) return a.equals(b);
  for (let index = 0; index < a.size; index += 1) if (!equal(a.at(index), b.at(index))) return false;
  return true;
}

function equalMaps(a: CelMap, b: CelMap): boolean {
  if (a.size !== b.size) return false;
  if (a.equals !== undefined) return a.equals(b);
  for (const key of a.keys()) {
    const left = a.get(key);
    const right = b.get(key);
    if (left === undefined || right === undefined || !equal(left, right)) return false;
  }
  return true;
}

/** Order of values of a type that has one: negative, zero or positive. @throws CelFault `no such overload` */
export function compare(a: CelValue, b: CelValue): number {
  const left = numeric(a);
  const right = numeric(b);
  if (left !== undefined && right !== undefined) {
    if (Number.isNaN(left) || Number.isNaN(right)) throw new CelFault('NaN values cannot be ordered');
    return left < right ? -1 : left > right ? 1 : 0;
  }
  if (typeof a === 'string' && typeof b === 'string')
    return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if ((a instanceof Timestamp && b instanceof Timestamp) || (a instanceof Duration && b instanceof Duration))
    return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
  throw noSuchOverload();
}

/** A value in a message. */
export function show(value: CelValue): string {
  if (value instanceof Uint) return String(value.value);
  if (value instanceof TypeName) return value.name;
  if (typeof value === 'object' && value !== null) return typeName(value);
  return String(value);
}
