import jsonpatch, { type Operation } from 'fast-json-patch';
import { ApiServerError } from '../errors.ts';
import { cloneJson, isObject, type JsonObject } from '../object/json.ts';

const MAX_OPERATIONS = 10_000;
/** Characters of JSON that `copy` operations may make, as in Kubernetes: copies of copies grow without end. */
const MAX_COPIED = 3 * 1024 * 1024;
/** Elements that have to make room for others, or close up, when something is put into lists or taken out. */
const MOST_MOVED = 50_000_000;
/** Characters of a path that are told. */
const LONGEST_PATH = 4096;
const NAMES = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

/**
 * Applies a JSON patch (RFC 6902) to a copy of an object.
 * @throws ApiServerError `BadRequest` for a patch that is no list, `RequestEntityTooLarge` above 10,000 operations, for copies of more
 * than 3 MiB and when too many elements of lists have to move,
 * `Invalid` for an operation that is malformed or does not apply (a missing path, a failed `test`).
 */
export function applyJsonPatch(object: JsonObject, patch: unknown): unknown {
  const operations = checkOperations(patch);
  const patching = new Patching(cloneJson(object));
  for (const operation of operations)
    try {
      patching.apply(operation);
    } catch (error) {
      // What is banned is told by an error of another kind.
      const isBanned = error instanceof TypeError && error.message.startsWith('JSON-Patch:');
      if (!(error instanceof jsonpatch.JsonPatchError) && !isBanned) throw error;
      throw refusal(operation, isBanned ? 'OPERATION_PATH_BANNED' : error.name, error);
    }
  return patching.document;
}

function refusal({ op, path }: Operation, why: string, cause?: unknown): ApiServerError {
  const shown = path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}...` : path;
  return new ApiServerError(
    'Invalid',
    `the JSON patch does not apply: ${why} (operation ${op} at ${shown})`,
    cause === undefined ? {} : { cause },
  );
}

/**
 * A document that is patched. The library copies all of it for each `move` and `copy`, only to see whether there is something to
 * move: these are done here, with the operations that they consist of.
 */
class Patching {
  document: unknown;
  #copied = 0;
  #moved = 0;

  constructor(document: unknown) {
    this.document = document;
  }

  apply(operation: Operation): void {
    if (operation.op === 'copy') this.#copy(operation);
    else if (operation.op === 'move') this.#move(operation);
    else if (!isAbsentMember(this.document, operation.path)) this.#run(operation, true);
    // Kubernetes: a test for null holds for a member that is not there, and what is not there can be replaced.
    else if (operation.op === 'replace')
      this.#run({ op: 'add', path: operation.path, value: operation.value as unknown }, true);
    else if (operation.op !== 'test' || operation.value !== null) this.#run(operation, true);
  }

  #copy(operation: Operation & { from: string }): void {
    // Kubernetes: a member that is not there is copied as null.
    const source = isAbsentMember(this.document, operation.from) ? null : this.#at(operation);
    this.#copied += JSON.stringify(source).length;
    if (this.#copied > MAX_COPIED)
      throw new ApiServerError(
        'RequestEntityTooLarge',
        `a JSON patch may copy ${MAX_COPIED} characters at most`,
      );
    this.#run({ op: 'add', path: operation.path, value: cloneJson(source) }, mayAdd);
  }

  #move(operation: Operation & { from: string }): void {
    const { from, path } = operation;
    const value = this.#at(operation);
    if (path === from) return;
    if (path.startsWith(`${from}/`)) throw refusal(operation, 'OPERATION_PATH_CANNOT_ADD');
    this.#run({ op: 'remove', path: from }, true);
    this.#run({ op: 'add', path, value }, mayAdd);
  }

  /** What is there to be moved or copied. */
  #at(operation: Operation & { from: string }): unknown {
    const found = valueAtPointer(this.document, operation.from);
    if (found === undefined) throw refusal(operation, 'OPERATION_FROM_UNRESOLVABLE');
    return found;
  }

  #run(operation: Operation, check: true | typeof mayAdd): void {
    if (operation.op === 'add' || operation.op === 'remove') {
      const list = valueAtPointer(
        this.document,
        operation.path.slice(0, Math.max(0, operation.path.lastIndexOf('/'))),
      );
      this.#moved += Array.isArray(list) ? list.length : 0;
      if (this.#moved > MOST_MOVED)
        throw new ApiServerError('RequestEntityTooLarge', 'a JSON patch may not change long lists so often');
    }
    this.document = jsonpatch.applyOperation(this.document, operation, check, true, true).newDocument;
  }
}

/** The check of the library, but for a look at all of the value, which is part of a document already. */
function mayAdd({ path }: Operation, index: number, document: unknown, existing: string | undefined): void {
  if (existing !== undefined && stepsOf(path).length > stepsOf(existing).length + 1)
    throw new jsonpatch.JsonPatchError(
      'there is nothing to add to',
      'OPERATION_PATH_CANNOT_ADD',
      index,
      { op: 'add', path },
      document,
    );
}

function stepsOf(pointer: string): string[] {
  return pointer.split('/').slice(1);
}

/** What is at a pointer, or `undefined`. */
function valueAtPointer(document: unknown, pointer: string): unknown {
  let value = document;
  for (const step of stepsOf(pointer)) {
    const name = jsonpatch.unescapePathComponent(step);
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    if (Array.isArray(value) && !/^\d+$/.test(name)) return undefined;
    value = (value as JsonObject)[name];
  }
  return value;
}

/** Whether a pointer names a member that an object, which is there, does not have. */
function isAbsentMember(document: unknown, pointer: string): boolean {
  const cut = pointer.lastIndexOf('/');
  if (cut < 0) return false;
  const parent = valueAtPointer(document, pointer.slice(0, cut));
  const member = jsonpatch.unescapePathComponent(pointer.slice(cut + 1));
  return isObject(parent) && !Object.hasOwn(parent, member);
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
  if (!isObject(value) || !NAMES.has(String(value.op)) || typeof value.path !== 'string') return false;
  return typeof value.from === 'string' || (value.op !== 'move' && value.op !== 'copy');
}
