import { CoreTypesError } from '../errors.ts';
import { arrayIndex, formatPointer, parsePointer } from './json-pointer.ts';
import { isRecord, jsonClone, jsonEqual, setMember } from './json.ts';

/** One operation of a JSON patch (RFC 6902); paths are JSON pointers. */
export type JsonPatchOperation =
  | { readonly op: 'add'; readonly path: string; readonly value: unknown }
  | { readonly op: 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move'; readonly path: string; readonly from: string }
  | { readonly op: 'copy'; readonly path: string; readonly from: string };

/** A JSON patch (RFC 6902): operations that are applied in order, all or none. */
export type JsonPatch = readonly JsonPatchOperation[];

/**
 * The document after all operations, in order. The input is not changed, and nothing is applied when one fails.
 *
 * @throws CoreTypesError `PatchTestFailed`, `PatchPathNotFound`, `InvalidPatch` or `InvalidPointer`
 */
export function applyJsonPatch<T>(document: T, patch: JsonPatch): T {
  let root: unknown = jsonClone(document);
  for (const operation of patch) root = applyOperation(root, operation);
  return root as T;
}

/**
 * Checks a patch that came over the wire.
 *
 * @throws CoreTypesError `InvalidPatch` naming the operation that is malformed
 */
export function parseJsonPatch(value: unknown): JsonPatch {
  if (!Array.isArray(value))
    throw new CoreTypesError('InvalidPatch', 'a JSON patch is an array of operations');
  return value.map((entry: unknown, index) => parseOperation(entry, index));
}

function parseOperation(entry: unknown, index: number): JsonPatchOperation {
  const fail = (why: string): never => {
    throw new CoreTypesError('InvalidPatch', `operation ${index}: ${why}`);
  };
  if (!isRecord(entry)) return fail('not an object');
  const { op, path, from } = entry;
  if (typeof path !== 'string') return fail('path is not a string');
  switch (op) {
    case 'add':
    case 'replace':
    case 'test':
      return Object.hasOwn(entry, 'value')
        ? { op, path, value: entry['value'] }
        : fail(`${op} needs a value`);
    case 'remove':
      return { op, path };
    case 'move':
    case 'copy':
      return typeof from === 'string' ? { op, path, from } : fail(`${op} needs from`);
    default:
      return fail(`unknown operation ${JSON.stringify(op)}`);
  }
}

function applyOperation(root: unknown, operation: JsonPatchOperation): unknown {
  const { op, path } = operation;
  switch (op) {
    case 'add':
      return add(root, path, jsonClone(operation.value));
    case 'remove':
      return remove(root, path);
    case 'replace':
      return replace(root, path, jsonClone(operation.value));
    case 'move':
      return move(root, operation.from, path);
    case 'copy':
      return add(root, path, jsonClone(lookUp(root, operation.from)));
    case 'test':
      if (!jsonEqual(lookUp(root, path), operation.value)) {
        throw new CoreTypesError(
          'PatchTestFailed',
          `value at ${path || 'the root'} is not the expected one`,
          {
            path,
          },
        );
      }
      return root;
    default:
      return op satisfies never;
  }
}

function move(root: unknown, from: string, path: string): unknown {
  const value = lookUp(root, from);
  if (path === from) return root;
  if (path.startsWith(`${from}/`)) {
    throw new CoreTypesError('InvalidPatch', 'cannot move a value into itself', { path });
  }
  return add(remove(root, from), path, value);
}

function notFound(path: string): CoreTypesError {
  return new CoreTypesError('PatchPathNotFound', `nothing at ${path}`, { path });
}

/** The existing value at `path`. */
function lookUp(root: unknown, path: string): unknown {
  let value = root;
  for (const token of parsePointer(path)) value = child(value, token, path);
  return value;
}

function child(parent: unknown, token: string, path: string): unknown {
  if (Array.isArray(parent)) {
    const index = arrayIndex(token);
    if (index === undefined || index >= parent.length) throw notFound(path);
    return parent[index];
  }
  if (!isRecord(parent) || !Object.hasOwn(parent, token)) throw notFound(path);
  return parent[token];
}

function locate(root: unknown, path: string): { parent: unknown; token: string } | undefined {
  const tokens = parsePointer(path);
  const token = tokens.pop();
  if (token === undefined) return undefined;
  let parent = root;
  for (const step of tokens) parent = child(parent, step, path);
  return { parent, token };
}

function add(root: unknown, path: string, value: unknown): unknown {
  const place = locate(root, path);
  if (place === undefined) return value;
  const { parent, token } = place;
  if (Array.isArray(parent)) {
    const index = token === '-' ? parent.length : arrayIndex(token);
    if (index === undefined || index > parent.length) throw notFound(path);
    parent.splice(index, 0, value);
  } else if (isRecord(parent)) {
    setMember(parent, token, value);
  } else {
    throw notFound(path);
  }
  return root;
}

function remove(root: unknown, path: string): unknown {
  const place = locate(root, path);
  if (place === undefined) return null;
  const { parent, token } = place;
  child(parent, token, path);
  if (Array.isArray(parent)) parent.splice(Number(token), 1);
  else if (isRecord(parent)) Reflect.deleteProperty(parent, token);
  return root;
}

function replace(root: unknown, path: string, value: unknown): unknown {
  const place = locate(root, path);
  if (place === undefined) return value;
  const { parent, token } = place;
  child(parent, token, path);
  if (Array.isArray(parent)) parent[Number(token)] = value;
  else if (isRecord(parent)) setMember(parent, token, value);
  return root;
}

/**
 * A patch that turns `before` into `after`. Objects are compared member by member; a list is compared by position,
 * with additions and removals at its end. Equal documents give an empty patch.
 */
export function diffJsonPatch(before: unknown, after: unknown): JsonPatchOperation[] {
  const patch: JsonPatchOperation[] = [];
  collect(before, after, [], patch);
  return patch;
}

function collect(
  before: unknown,
  after: unknown,
  at: (string | number)[],
  patch: JsonPatchOperation[],
): void {
  if (jsonEqual(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after)) collectItems(before, after, at, patch);
  else if (isRecord(before) && isRecord(after)) collectMembers(before, after, at, patch);
  else patch.push({ op: 'replace', path: formatPointer(at), value: jsonClone(after) });
}

function collectItems(
  before: unknown[],
  after: unknown[],
  at: (string | number)[],
  patch: JsonPatchOperation[],
): void {
  const shared = Math.min(before.length, after.length);
  for (let i = 0; i < shared; i++) collect(before[i], after[i], [...at, i], patch);
  for (let i = before.length - 1; i >= shared; i--)
    patch.push({ op: 'remove', path: formatPointer([...at, i]) });
  for (let i = shared; i < after.length; i++) {
    patch.push({ op: 'add', path: formatPointer([...at, i]), value: jsonClone(after[i]) });
  }
}

function collectMembers(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  at: (string | number)[],
  patch: JsonPatchOperation[],
): void {
  const has = (record: Record<string, unknown>, key: string): boolean =>
    Object.hasOwn(record, key) && record[key] !== undefined;
  for (const key of Object.keys(before)) {
    if (has(before, key) && !has(after, key)) patch.push({ op: 'remove', path: formatPointer([...at, key]) });
  }
  for (const key of Object.keys(after)) {
    if (!has(after, key)) continue;
    if (has(before, key)) collect(before[key], after[key], [...at, key], patch);
    else patch.push({ op: 'add', path: formatPointer([...at, key]), value: jsonClone(after[key]) });
  }
}
