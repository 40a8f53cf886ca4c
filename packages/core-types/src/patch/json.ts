/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** True for objects that JSON writes with braces. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Equality of JSON values: member order is irrelevant, and a member that is `undefined` equals an absent one,
 * because neither is written.
 */
export function jsonEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => jsonEqual(item, b[i]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = definedKeys(a);
  return (
    keys.length === definedKeys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && b[key] !== undefined && jsonEqual(a[key], b[key]))
  );
}

/** The members that JSON writes. */
export function definedKeys(record: Record<string, unknown>): string[] {
  return Object.keys(record).filter((key) => record[key] !== undefined);
}

/** Sets an own member, also when its name is `__proto__`. */
export function setMember(record: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true });
}

/** A deep copy without members that are `undefined`. */
export function jsonClone(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => jsonClone(item));
  if (!isRecord(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const key of definedKeys(value)) setMember(copy, key, jsonClone(value[key]));
  return copy;
}
