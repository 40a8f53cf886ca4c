import { definedKeys, isRecord, jsonClone, jsonEqual, setMember } from './json.ts';

/**
 * The document after a JSON merge patch (RFC 7386): members of the patch replace, `null` removes, objects merge,
 * lists are replaced as a whole. The input is not changed.
 */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return jsonClone(patch);
  const result = isRecord(document) ? (jsonClone(document) as Record<string, unknown>) : {};
  for (const key of definedKeys(patch)) {
    const value = patch[key];
    if (value === null) Reflect.deleteProperty(result, key);
    else setMember(result, key, applyMergePatch(Object.hasOwn(result, key) ? result[key] : undefined, value));
  }
  return result;
}

/**
 * The smallest merge patch that turns `before` into `after`, or undefined when they are equal.
 * A merge patch cannot express a member whose new value is `null`; such a member becomes absent.
 */
export function diffMergePatch(before: unknown, after: unknown): unknown {
  if (jsonEqual(before, after)) return undefined;
  if (!isRecord(before) || !isRecord(after)) return jsonClone(after);
  const patch: Record<string, unknown> = {};
  const previous = new Set(definedKeys(before));
  const next = new Set(definedKeys(after));
  for (const key of previous) {
    if (!next.has(key)) setMember(patch, key, null);
  }
  for (const key of next) {
    const change = diffMergePatch(previous.has(key) ? before[key] : undefined, after[key]);
    if (change !== undefined) setMember(patch, key, change);
  }
  return patch;
}
