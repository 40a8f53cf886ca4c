import { CelFault } from '../errors.ts';
import type { LibrarySource } from '../overloads.ts';
import { elements, list, show, type CelList } from '../values.ts';
import { formatText, quoted } from './format-text.ts';
import { of } from './standard.ts';

function outOfRange(index: bigint): CelFault {
  return new CelFault(`index out of range: ${index}`);
}

/** Offsets count characters, not UTF-16 units. */
function characters(text: string): string[] {
  return Array.from(text);
}

function charAt(text: string, index: bigint): string {
  const all = characters(text);
  if (index < 0n || index > BigInt(all.length)) throw outOfRange(index);
  return all[Number(index)] ?? '';
}

function matchesAt(text: readonly string[], part: readonly string[], at: number): boolean {
  return part.every((character, offset) => text[at + offset] === character);
}

function indexOf(text: string, part: string, from = 0n): bigint {
  if (part === '') return from;
  if (from < 0n) throw outOfRange(from);
  const [all, wanted] = [characters(text), characters(part)];
  for (let at = Number(from); at + wanted.length <= all.length; at += 1)
    if (matchesAt(all, wanted, at)) return BigInt(at);
  return -1n;
}

function lastIndexOf(text: string, part: string, from?: bigint): bigint {
  const [all, wanted] = [characters(text), characters(part)];
  if (part === '') return from ?? BigInt(all.length);
  if (from === undefined && all.length < wanted.length) return -1n;
  const start = from ?? BigInt(all.length - 1);
  if (start < 0n) throw outOfRange(start);
  if (start >= BigInt(all.length)) return -1n;
  for (let at = Math.min(Number(start), all.length - wanted.length); at >= 0; at -= 1)
    if (matchesAt(all, wanted, at)) return BigInt(at);
  return -1n;
}

function substring(text: string, start: bigint, end?: bigint): string {
  const all = characters(text);
  const length = BigInt(all.length);
  if (end !== undefined && start > end)
    throw new CelFault(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0n || start > length) throw outOfRange(start);
  if (end !== undefined && (end < 0n || end > length)) throw outOfRange(end);
  return all.slice(Number(start), end === undefined ? undefined : Number(end)).join('');
}

function replace(text: string, old: string, replacement: string, limit = -1n): string {
  if (limit < 0n) return replaceEach(text, old, replacement, Infinity);
  return replaceEach(text, old, replacement, Number(limit));
}

function replaceEach(text: string, old: string, replacement: string, limit: number): string {
  // Nothing stands before, between and after the characters.
  const pieces = old === '' ? ['', ...characters(text), ''] : text.split(old);
  if (old === '' && text === '') return limit > 0 ? replacement : '';
  const count = Math.min(limit, pieces.length - 1);
  const head = pieces.slice(0, count + 1).join(replacement);
  return [head, ...pieces.slice(count + 1)].join(old);
}

function split(text: string, separator: string, limit = -1n): CelList {
  if (limit === 0n) return list([]);
  const pieces = separator === '' ? characters(text) : text.split(separator);
  const most = limit < 0n ? pieces.length : Number(limit);
  if (pieces.length <= most) return list(pieces);
  return list([...pieces.slice(0, most - 1), pieces.slice(most - 1).join(separator)]);
}

function join(values: CelList, separator = ''): string {
  return [...elements(values)]
    .map((value) => {
      if (typeof value === 'string') return value;
      throw new CelFault(`join: invalid input: ${show(value)}`);
    })
    .join(separator);
}

function trim(text: string): string {
  const all = characters(text);
  const blank = (character: string | undefined) => character !== undefined && /[\s\u0085]/u.test(character);
  let [start, end] = [0, all.length];
  while (start < end && blank(all[start])) start += 1;
  while (end > start && blank(all[end - 1])) end -= 1;
  return all.slice(start, end).join('');
}

/** Functions of strings of cel-go's extension, version 2, which is Kubernetes'. */
export const STRINGS: LibrarySource = {
  charAt: { 'string.(int) string': of(charAt) },
  indexOf: {
    'string.(string) int': of((text: string, part: string) => indexOf(text, part)),
    'string.(string, int) int': of(indexOf as (text: string, part: string, from: bigint) => bigint),
  },
  lastIndexOf: {
    'string.(string) int': of((text: string, part: string) => lastIndexOf(text, part)),
    'string.(string, int) int': of(lastIndexOf as (text: string, part: string, from: bigint) => bigint),
  },
  lowerAscii: {
    'string.() string': of((text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())),
  },
  upperAscii: {
    'string.() string': of((text: string) => text.replace(/[a-z]/g, (letter) => letter.toUpperCase())),
  },
  replace: {
    'string.(string, string) string': of((text: string, a: string, b: string) => replace(text, a, b)),
    'string.(string, string, int) string': of((text: string, a: string, b: string, limit: bigint) =>
      replace(text, a, b, limit),
    ),
  },
  split: {
    'string.(string) list(string)': of((text: string, separator: string) => split(text, separator)),
    'string.(string, int) list(string)': of((text: string, separator: string, limit: bigint) =>
      split(text, separator, limit),
    ),
  },
  substring: {
    'string.(int) string': of((text: string, start: bigint) => substring(text, start)),
    'string.(int, int) string': of((text: string, start: bigint, end: bigint) => substring(text, start, end)),
  },
  trim: { 'string.() string': of(trim) },
  join: {
    'list(string).() string': of((values: CelList) => join(values)),
    'list(string).(string) string': of((values: CelList, separator: string) => join(values, separator)),
  },
  format: { 'string.(list(dyn)) string': of((text: string, args: CelList) => formatText(text, args)) },
  'strings.quote': { '(string) string': of((text: string) => quoted(text)) },
};
