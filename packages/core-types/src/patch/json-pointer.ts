import { CoreTypesError } from '../errors.ts';
import { isRecord } from './json.ts';

/**
 * Reference tokens of a JSON pointer (RFC 6901). The empty pointer, the whole document, has none.
 *
 * @throws CoreTypesError `InvalidPointer`
 */
export function parsePointer(pointer: string): string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) {
    throw new CoreTypesError('InvalidPointer', `JSON pointer must start with a slash: ${pointer}`, {
      path: pointer,
    });
  }
  if (/~(?![01])/.test(pointer)) {
    throw new CoreTypesError('InvalidPointer', `~ must be followed by 0 or 1: ${pointer}`, { path: pointer });
  }
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The JSON pointer of these reference tokens. */
export function formatPointer(tokens: readonly (string | number)[]): string {
  return tokens.map((token) => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** An array index without leading zeros, or undefined. */
export function arrayIndex(token: string): number | undefined {
  return /^(?:0|[1-9]\d*)$/.test(token) ? Number(token) : undefined;
}

/** The value at `pointer`, or undefined when there is none. */
export function getPointer(document: unknown, pointer: string | readonly string[]): unknown {
  const tokens = typeof pointer === 'string' ? parsePointer(pointer) : pointer;
  let value = document;
  for (const token of tokens) {
    if (Array.isArray(value)) {
      const index = arrayIndex(token);
      value = index === undefined ? undefined : (value[index] as unknown);
    } else if (isRecord(value) && Object.hasOwn(value, token)) {
      value = value[token];
    } else {
      return undefined;
    }
  }
  return value;
}
