// What calls do beside what Kubernetes counts. Its units leave out much of what functions walk through, as its evaluation also ends
// with the time of the request; here nothing else would end it, and meanwhile nobody is answered.
import { elements, isList, isMap, isOpaque, Optional, type CelValue } from './values.ts';

/** One step is about what it takes to look at an element of a list; of characters it takes so many. */
const CHARACTERS = 4;
/** Comparisons of characters that take one step. */
const COMPARISONS = 32;
/** What it takes to read a clock in a time zone. */
const TIME_ZONE = 5_000;

/** Functions that take the same time whatever they are given. */
const CONSTANT = new Set([
  ...['!_', '-_', 'first', 'last', 'value', 'hasValue', 'dyn', 'type', 'check'],
  ...['optional.of', 'optional.none', 'optional.ofNonZeroValue'],
]);
/** Functions that count their work themselves. */
const COUNTED = new Set(['matches', 'find', 'findAll']);

/** Steps of a call, at most `most` or a few more: what is more than that is not counted to its end. */
type Work = (values: readonly CelValue[], most: number) => number;

/** What a function of that name does. */
export function workOf(name: string): Work {
  if (CONSTANT.has(name) || COUNTED.has(name)) return () => 0;
  if (/^get[A-Z]/.test(name))
    return (values, most) => allOf(values, most) + (values.length > 1 ? TIME_ZONE : 0);
  switch (name) {
    case '_==_':
    case '_!=_':
      return ([a = null, b = null], most) => comparison(a, b, most);
    case '_[_]':
    case '_[?_]':
    case 'startsWith':
    case 'endsWith':
      return ([, key = null]) => textSteps(key);
    case 'size':
      return ([value = null]) => textSteps(value);
    case '@in':
      return ([key = null, range = null], most) =>
        textSteps(key) + (isMap(range) ? 1 : deepSize(range, most));
    case 'distinct':
    case 'sets.contains':
    case 'sets.equivalent':
    case 'sets.intersects':
      return ([a = null, b = a], most) => deepSize(a, most) * (isList(b) ? b.size : 1);
    case 'contains':
    case 'indexOf':
    case 'lastIndexOf':
    case 'split':
      return ([text = null, part = null], most) =>
        typeof text === 'string' ? search(text, part) : deepSize(text, most);
    case 'replace':
      return ([text = null, part = null, replacement = null]) =>
        search(text, part) + added(text, part, replacement);
    case 'join':
      return ([values = null, separator = ''], most) =>
        deepSize(values, most) + (isList(values) ? values.size : 0) * textSteps(separator);
    case 'lists.range':
      return ([count = null]) => Number(typeof count === 'bigint' ? count : 0);
    default:
      return allOf;
  }
}

/** Steps of sorting by these values. */
export function sortingWork(ranks: readonly CelValue[], most: number): number {
  return allOf(ranks, most) * Math.ceil(Math.log2(ranks.length + 1));
}

function allOf(values: readonly CelValue[], most: number): number {
  let steps = 0;
  for (const value of values) {
    steps += deepSize(value, most - steps);
    if (steps > most) break;
  }
  return steps;
}

function textSteps(value: CelValue): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length / CHARACTERS : 0;
}

function search(text: CelValue, part: CelValue): number {
  if (typeof text !== 'string' || typeof part !== 'string') return 0;
  return textSteps(text) + (text.length * part.length) / COMPARISONS;
}

/** What replacing adds. */
function added(text: CelValue, part: CelValue, replacement: CelValue): number {
  if (typeof text !== 'string' || typeof part !== 'string' || typeof replacement !== 'string') return 0;
  const places = part === '' ? text.length + 1 : text.split(part).length - 1;
  return places * textSteps(replacement);
}

/** Values of different types or sizes differ at once. */
function comparison(a: CelValue, b: CelValue, most: number): number {
  if (a instanceof Optional && b instanceof Optional)
    return comparison(a.value ?? null, b.value ?? null, most);
  if (typeof a === 'string' && typeof b === 'string') return a.length === b.length ? textSteps(a) : 0;
  const collections = (isList(a) && isList(b)) || (isMap(a) && isMap(b));
  if (collections && a.size !== b.size) return 0;
  return Math.min(deepSize(a, most), deepSize(b, most));
}

/** How much there is in a value, with everything in it. */
function deepSize(value: CelValue, most: number): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return textSteps(value);
  if (value instanceof Optional) return 1 + deepSize(value.value ?? null, most);
  if (isOpaque(value)) return 1 + (value.weight?.(most) ?? 0);
  let steps = 1;
  if (isList(value))
    for (const element of elements(value)) {
      steps += deepSize(element, most - steps);
      if (steps > most) break;
    }
  else if (isMap(value)) {
    if (value.weight !== undefined) return steps + value.weight(most);
    for (const key of value.keys()) {
      steps += deepSize(key, most - steps) + deepSize(value.get(key) ?? null, most - steps);
      if (steps > most) break;
    }
  }
  return steps;
}

/** How much there is in a part of an object, whether expressions see it or not. */
export function jsonWeight(value: unknown, most: number): number {
  if (typeof value === 'string') return textSteps(value);
  if (typeof value !== 'object' || value === null) return 1;
  let steps = 1;
  for (const [name, member] of Object.entries(value)) {
    steps += textSteps(name) + jsonWeight(member, most - steps);
    if (steps > most) break;
  }
  return steps;
}
