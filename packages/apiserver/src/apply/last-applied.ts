import { cloneJson, isObject, type JsonObject } from '../object/json.ts';
import { compare } from './compare.ts';
import { difference, NO_FIELDS, type FieldTree } from './field-tree.ts';
import { fieldsOf } from './fields-of.ts';
import { shapeProblems } from './check.ts';
import type { Versioned } from './versions.ts';

/** The manager under which `kubectl apply --server-side` writes, which takes over from client-side apply. */
export const KUBECTL = 'kubectl';

/** Where client-side `kubectl apply` keeps what it applied last. */
const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

function annotationsOf(object: unknown): JsonObject | undefined {
  const metadata = isObject(object) ? object.metadata : undefined;
  return isObject(metadata) && isObject(metadata.annotations) ? metadata.annotations : undefined;
}

/**
 * The fields that client-side apply wrote and that are still as it wrote them: server-side apply of kubectl may take them
 * from whom it wrote them as. Without a usable annotation there are none.
 */
export function fieldsOfClientSideApply(live: Versioned): FieldTree {
  const text = annotationsOf(live.object)?.[ANNOTATION];
  const applied = typeof text === 'string' ? parsed(text) : undefined;
  if (applied?.apiVersion !== live.apiVersion || shapeProblems(live.shape, applied).length > 0)
    return NO_FIELDS;
  const { added, modified, removed } = compare(live.shape, applied, live.object);
  return [modified, added, removed].reduce(difference, fieldsOf(live.shape, applied));
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Writes what kubectl has applied into the annotation, if the object has it: client-side apply can go on from there. */
export function syncLastApplied(object: unknown, config: JsonObject): void {
  const annotations = annotationsOf(object);
  if (annotations === undefined || typeof annotations[ANNOTATION] !== 'string') return;
  if (annotations[ANNOTATION] === '') return;
  const copy = cloneJson(config);
  const own = annotationsOf(copy);
  if (own !== undefined) Reflect.deleteProperty(own, ANNOTATION);
  annotations[ANNOTATION] = `${JSON.stringify(sortedMembers(copy))}\n`;
}

function sortedMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedMembers);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sortedMembers(value[name])]),
  );
}
