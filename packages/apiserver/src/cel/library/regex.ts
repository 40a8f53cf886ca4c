import { RE2JS, RE2JSSyntaxException } from 're2js';
import { CelFault } from '../errors.ts';
import type { LibrarySource } from '../overloads.ts';
import { list, type CelList } from '../values.ts';

const KEPT = 500;
const compiled = new Map<string, RE2JS>();

/** Compiles a regular expression of RE2, which matches in linear time. @throws CelFault */
export function regex(pattern: string, prefix = ''): RE2JS {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  try {
    const made = RE2JS.compile(pattern);
    if (compiled.size >= KEPT) compiled.clear();
    compiled.set(pattern, made);
    return made;
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) throw new CelFault(`${prefix}${error.message}`);
    throw error;
  }
}

/** True if the pattern matches anywhere in the text. */
export function matches(text: string, pattern: string): boolean {
  return regex(pattern).matcher(text).find();
}

function findAll(text: string, pattern: string, limit: number): CelList {
  const found: string[] = [];
  const matcher = regex(pattern, 'Illegal regex: ').matcher(text);
  while ((limit < 0 || found.length < limit) && matcher.find()) found.push(matcher.group() ?? '');
  return list(found);
}

/** Kubernetes' functions for regular expressions. */
export const REGEX: LibrarySource = {
  find: {
    'string.(string) string': ([text, pattern]) => {
      const matcher = regex(pattern as string, 'Illegal regex: ').matcher(text as string);
      return matcher.find() ? (matcher.group() ?? '') : '';
    },
  },
  findAll: {
    'string.(string) list(string)': ([text, pattern]) => findAll(text as string, pattern as string, -1),
    'string.(string, int) list(string)': ([text, pattern, limit]) =>
      findAll(text as string, pattern as string, Number(limit)),
  },
};
