import jsonpatch, { type Operation } from 'fast-json-patch';
import { ApiServerError } from '../errors.ts';
import { cloneJson, isObject, type JsonObject } from '../object/json.ts';

const MAX_OPERATIONS = 10_000;
/** Characters of JSON that `copy` operations may make, as in Kubernetes: copies of copies grow without end. */
const MAX_COPIED = 3 * 1024 * 1024;
const NAMES = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

/**
 * Applies a JSON patch (RFC 6902) to a copy of an object.
 * @throws ApiServerError `BadRequest` for a malformed patch, `RequestEntityTooLarge` above 10,000 operations and for
 * copies of more than 3 MiB,
 * `Invalid` for an operation that does not apply (a missing path, a failed `test`).
 */
export function applyJsonPatch(object: JsonObject, patch: unknown): unknown {
  const operations = checkOperations(patch);
  try {
    let document: unknown = cloneJson(object);
    let copied = 0;
    for (const [index, operation] of operations.entries()) {
      if (operation.op === 'copy') copied = withCopy(copied, document, operation.from);
      if (testsAbsence(document, operation)) continue;
      const applied = asKubernetesMeans(document, operation);
      document = jsonpatch.applyOperation(document, applied, true, true, true, index).newDocument;
    }
    return document;
  } catch (error) {
    if (!(error instanceof jsonpatch.JsonPatchError)) throw error;
    const at = typeof error.index === 'number' ? operations[error.index] : undefined;
    const what = at === undefined ? '' : ` (operation ${at.op} at ${at.path})`;
    throw new ApiServerError('Invalid', `the JSON patch does not apply: ${error.name}${what}`, {
      cause: error,
    });
  }
}

/** Kubernetes: a member that is not there can be replaced, and as the source of a copy is null. */
function asKubernetesMeans(document: unknown, operation: Operation): Operation {
  const { path } = operation;
  if (operation.op === 'replace' && isAbsentMember(document, path))
    return { op: 'add', path, value: operation.value as unknown };
  if (operation.op === 'copy' && isAbsentMember(document, operation.from))
    return { op: 'add', path, value: null };
  return operation;
}

/** Kubernetes: a test for null holds where the member is not there, as long as what it would be a member of is. */
function testsAbsence(document: unknown, operation: Operation): boolean {
  return operation.op === 'test' && operation.value === null && isAbsentMember(document, operation.path);
}

/** Whether a pointer names a member that an object, which is there, does not have. */
function isAbsentMember(document: unknown, path: string): boolean {
  const cut = path.lastIndexOf('/');
  if (cut < 0) return false;
  const parent: unknown = cut === 0 ? document : valueAtPointer(document, path.slice(0, cut));
  const member = jsonpatch.unescapePathComponent(path.slice(cut + 1));
  return isObject(parent) && !Object.hasOwn(parent, member);
}

/** What a pointer leads to; undefined if it leads nowhere, over which the library stumbles. */
function valueAtPointer(document: unknown, path: string): unknown {
  return path
    .split('/')
    .slice(1)
    .map((step) => jsonpatch.unescapePathComponent(step))
    .reduce<unknown>(
      (value, step) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, step)
          ? (value as Record<string, unknown>)[step]
          : undefined,
      document,
    );
}

/** The characters copied so far and by one more operation. A source that is missing is told by the operation itself. */
function withCopy(copied: number, document: unknown, from: string): number {
  const source: unknown = from === '' ? document : valueAtPointer(document, from);
  const total = copied + (JSON.stringify(source) ?? '').length;
  if (total > MAX_COPIED)
    throw new ApiServerError(
      'RequestEntityTooLarge',
      `a JSON patch may copy ${MAX_COPIED} characters at most`,
    );
  return total;
}

function checkOperations(patch: unknown): Operation[] {
  if (!Array.isArray(patch))
    throw new ApiServerError('BadRequest', 'a JSON patch must be an array of operations');
  if (patch.length > MAX_OPERATIONS)
    throw new ApiServerError(
      'RequestEntityTooLarge',
      `a JSON patch may have at most ${MAX_OPERATIONS} operations`,
    );
  return patch.map((operation: unknown, index) => {
    if (isOperation(operation)) return operation;
    throw new ApiServerError(
      'Invalid',
      `operation ${index} of the JSON patch needs a valid "op" and a "path"`,
    );
  });
}

function isOperation(value: unknown): value is Operation {
  return isObject(value) && NAMES.has(String(value.op)) && typeof value.path === 'string';
}
