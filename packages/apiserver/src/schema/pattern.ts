// Patterns of Kubernetes are regular expressions of RE2. Its implementation is loaded when an object with a pattern is first
// validated; until then simple patterns, which mean the same to both, are left to JavaScript.
import type { RE2JS } from 're2js';
import type { Schema } from './types.ts';

/** Syntax that means something else to RE2, or that only one of the two knows. */
const DIFFERENT = /\\(?![.dwDW/^$*+?()[\]{}|\\-])|\(\?|\[\[:|\{\d{4,}/;

let re2: typeof RE2JS | undefined;
const plain = new Map<string, RegExp | undefined>();
const compiled = new Map<string, RE2JS | undefined>();

/** Makes patterns of RE2 ready if a schema has some. */
export async function loadPatterns(schema: Schema): Promise<void> {
  if (re2 === undefined && hasPattern(schema)) re2 = (await import('re2js')).RE2JS;
}

const known = new WeakMap<Schema, boolean>();

function hasPattern(schema: Schema): boolean {
  const found = known.get(schema) ?? JSON.stringify(schema).includes('"pattern":');
  known.set(schema, found);
  return found;
}

/** True for a regular expression. */
export function isPattern(source: string): boolean {
  return re2 === undefined ? plainPattern(source) !== undefined : re2Pattern(re2, source) !== undefined;
}

/** Short texts that are remembered for each of so many patterns: objects of a kind say much the same. */
const REMEMBERED_TEXTS = 200;
const REMEMBERED_PATTERNS = 500;
const LONGEST_REMEMBERED = 64;
const answers = new Map<string, Map<string, boolean>>();

/** Whether a text contains a match; undefined if the pattern is no regular expression. */
export function matchesPattern(source: string, text: string): boolean | undefined {
  if (re2 === undefined) return plainPattern(source)?.test(text);
  const found = answers.get(source)?.get(text);
  if (found !== undefined) return found;
  const matches = re2Pattern(re2, source)?.matcher(text).find();
  if (matches !== undefined && text.length <= LONGEST_REMEMBERED) remember(source, text, matches);
  return matches;
}

function remember(source: string, text: string, matches: boolean): void {
  const known = answers.get(source);
  if (known === undefined) {
    if (answers.size >= REMEMBERED_PATTERNS) answers.clear();
    answers.set(source, new Map([[text, matches]]));
    return;
  }
  if (known.size >= REMEMBERED_TEXTS) known.clear();
  known.set(text, matches);
}

/** True if RE2 must be loaded to tell whether this is a regular expression. */
export function needsRe2(source: string): boolean {
  return DIFFERENT.test(source);
}

function remembered<T>(cache: Map<string, T>, source: string, make: () => T): T {
  const found = cache.get(source);
  if (found !== undefined || cache.has(source)) return found as T;
  const made = make();
  cache.set(source, made);
  return made;
}

function re2Pattern(engine: typeof RE2JS, source: string): RE2JS | undefined {
  return remembered(compiled, source, () => {
    try {
      return engine.compile(source);
    } catch (error) {
      if (error instanceof Error && error.name === 'RE2JSSyntaxException') return undefined;
      throw error;
    }
  });
}

function plainPattern(source: string): RegExp | undefined {
  return remembered(plain, source, () => {
    const insensitive = source.startsWith('(?i)');
    const body = insensitive ? source.slice(4) : source;
    const flags = insensitive ? 'i' : '';
    // RE2 accepts escapes such as \- that JavaScript refuses in Unicode mode: fall back to the lenient syntax.
    return construct(body, `${flags}u`) ?? construct(body, flags);
  });
}

function construct(body: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(body, flags);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
