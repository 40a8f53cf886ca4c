import { CelFault } from '../errors.ts';
import type { Implementation, LibrarySource } from '../overloads.ts';
import {
  compare,
  Duration,
  elements,
  equal,
  isList,
  list,
  Uint,
  type CelList,
  type CelValue,
} from '../values.ts';
import { checkedInt, checkedUint } from './numbers.ts';
import { of } from './standard.ts';
import { checkedDuration } from './time.ts';

const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const MAX_RANGE = 1_000_000n;

function isSorted(values: CelList): boolean {
  const all = [...elements(values)];
  return all.every((value, at) => at === 0 || compare(all[at - 1] ?? null, value) <= 0);
}

function extreme(name: string, sign: number): Implementation {
  return of((values: CelList) => {
    const [first, ...rest] = elements(values);
    if (first === undefined) throw new CelFault(`${name} called on empty list`);
    return rest.reduce((best, value) => (compare(best, value) * sign < 0 ? value : best), first);
  });
}

function forEach(types: readonly string[], result: (type: string) => string, call: Implementation) {
  return Object.fromEntries(types.map((type) => [`list(${type}).() ${result(type)}`, call]));
}

const SUMS: Readonly<Record<string, Implementation>> = {
  'list(int).() int': of((values: CelList) =>
    [...(elements(values) as Iterable<bigint>)].reduce((sum, value) => checkedInt(sum + value), 0n),
  ),
  'list(uint).() uint': of((values: CelList) =>
    [...(elements(values) as Iterable<Uint>)].reduce(
      (sum, { value }) => checkedUint(sum.value + value),
      new Uint(0n),
    ),
  ),
  'list(double).() double': of((values: CelList) =>
    [...(elements(values) as Iterable<number>)].reduce((sum, value) => sum + value, 0),
  ),
  'list(duration).() duration': of((values: CelList) =>
    [...(elements(values) as Iterable<Duration>)].reduce(
      (sum, { nanos }) => checkedDuration(sum.nanos + nanos),
      new Duration(0n),
    ),
  ),
};

function slice(values: CelList, start: bigint, end: bigint): CelList {
  const call = `cannot slice(${start}, ${end})`;
  if (start < 0n || end < 0n) throw new CelFault(`${call}, negative indexes not supported`);
  if (start > end) throw new CelFault(`${call}, start index must be less than or equal to end index`);
  if (end > BigInt(values.size)) throw new CelFault(`${call}, list is length ${values.size}`);
  return list([...elements(values)].slice(Number(start), Number(end)));
}

function flatten(values: CelList, depth = 1n): CelList {
  if (depth < 0n) throw new CelFault('level must be non-negative');
  return list([...flat(values, depth)]);
}

function* flat(values: CelList, depth: bigint): Generator<CelValue> {
  for (const value of elements(values))
    if (depth > 0n && isList(value)) yield* flat(value, depth - 1n);
    else yield value;
}

function distinct(values: CelList): CelList {
  const kept: CelValue[] = [];
  for (const value of elements(values)) if (!kept.some((other) => equal(other, value))) kept.push(value);
  return list(kept);
}

function range(count: bigint): CelList {
  if (count > MAX_RANGE) throw new CelFault('operation cancelled: actual cost limit exceeded');
  return list(Array.from({ length: Math.max(0, Number(count)) }, (_, at) => BigInt(at)));
}

/** Functions of lists: those of Kubernetes, and those of cel-go's extension, version 3. */
export const LISTS: LibrarySource = {
  isSorted: forEach(COMPARABLE, () => 'bool', of(isSorted)),
  sum: SUMS,
  max: forEach(COMPARABLE, (type) => type, extreme('max', 1)),
  min: forEach(COMPARABLE, (type) => type, extreme('min', -1)),
  indexOf: {
    'list(A).(A) int': of((values: CelList, wanted: CelValue) =>
      BigInt([...elements(values)].findIndex((value) => equal(value, wanted))),
    ),
  },
  lastIndexOf: {
    'list(A).(A) int': of((values: CelList, wanted: CelValue) =>
      BigInt([...elements(values)].findLastIndex((value) => equal(value, wanted))),
    ),
  },
  slice: { 'list(T).(int, int) list(T)': of(slice) },
  flatten: {
    'list(list(T)).() list(T)': of((values: CelList) => flatten(values)),
    'list(dyn).(int) list(dyn)': of((values: CelList, depth: bigint) => flatten(values, depth)),
  },
  sort: forEach(
    COMPARABLE,
    (type) => `list(${type})`,
    of((values: CelList) => list([...elements(values)].sort(compare))),
  ),
  'lists.range': { '(int) list(int)': of(range) },
  reverse: { 'list(T).() list(T)': of((values: CelList) => list([...elements(values)].reverse())) },
  distinct: { 'list(T).() list(T)': of(distinct) },
};

function has(values: CelList, wanted: CelValue): boolean {
  for (const value of elements(values)) if (equal(value, wanted)) return true;
  return false;
}

function containsAll(a: CelList, b: CelList): boolean {
  return [...elements(b)].every((value) => has(a, value));
}

/** Lists as sets. */
export const SETS: LibrarySource = {
  'sets.contains': { '(list(T), list(T)) bool': of(containsAll) },
  'sets.equivalent': {
    '(list(T), list(T)) bool': of((a: CelList, b: CelList) => containsAll(a, b) && containsAll(b, a)),
  },
  'sets.intersects': {
    '(list(T), list(T)) bool': of((a: CelList, b: CelList) =>
      [...elements(a)].some((value) => has(b, value)),
    ),
  },
};
