import { ApiServerError } from '../errors.ts';

/**
 * Objects and lists inside each other that an object may have. Everything that walks over objects does so by recursion, so
 * what goes much deeper than any schema is turned away at the door.
 */
export const mostLevels = 500;

/** The refusal of what is nested too deeply. */
export function tooDeep(): ApiServerError {
  return new ApiServerError('BadRequest', `objects and lists are nested more than ${mostLevels} levels deep`);
}

/** How deep the objects and lists of a text in JSON are nested; for what is not JSON the number says nothing. */
export function levelsOfJson(text: string): number {
  let level = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (char === '{' || char === '[') deepest = Math.max(deepest, (level += 1));
    else if (char === '}' || char === ']') level -= 1;
  }
  return deepest;
}

/** Index of the quote that closes a string of JSON; behind the text when there is none. */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first -= 1;
  return (at - first) % 2 === 1;
}

/** Whether a value is nested too deeply; looked at level by level, without recursion. */
export function isTooDeep(value: unknown): boolean {
  let level: object[] = isNested(value) ? [value] : [];
  for (let reached = 1; level.length > 0; reached += 1) {
    if (reached > mostLevels) return true;
    level = level.flatMap((node) => Object.values(node).filter(isNested));
  }
  return false;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
