import { isDeepStrictEqual } from 'node:util';
import type { JsonPatchOperation } from '@virtkit/core-types';

/** The members of an object, by name; none of what is no object. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/**
 * The JSON patch that makes one object of another, member by member: `metadata`, `spec` and `status` are replaced as a whole, as
 * the patches of KubeVirt's webhooks do. No operations where nothing has changed.
 */
export function objectPatch(before: unknown, after: unknown): JsonPatchOperation[] {
  const [old, next] = [membersOf(before), membersOf(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])];
  return names.flatMap((name): JsonPatchOperation[] => {
    const path = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (isDeepStrictEqual(old[name], next[name])) return [];
    if (next[name] === undefined) return [{ op: 'remove', path }];
    return [{ op: old[name] === undefined ? 'add' : 'replace', path, value: next[name] }];
  });
}
