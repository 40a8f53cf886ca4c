import jsonpatch, { type Operation } from 'fast-json-patch';
import { ApiServerError } from '../errors.ts';
import { cloneJson, isObject, type JsonObject } from '../object/json.ts';

const MAX_OPERATIONS = 10_000;
const NAMES = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

/**
 * Applies a JSON patch (RFC 6902) to a copy of an object.
 * @throws ApiServerError `BadRequest` for a malformed patch, `RequestEntityTooLarge` above 10,000 operations,
 * `Invalid` for an operation that does not apply (a missing path, a failed `test`).
 */
export function applyJsonPatch(object: JsonObject, patch: unknown): unknown {
  const operations = checkOperations(patch);
  try {
    return jsonpatch.applyPatch<unknown>(cloneJson(object), operations, true, true).newDocument;
  } catch (error) {
    if (!(error instanceof jsonpatch.JsonPatchError)) throw error;
    const at = typeof error.index === 'number' ? operations[error.index] : undefined;
    const what = at === undefined ? '' : ` (operation ${at.op} at ${at.path})`;
    throw new ApiServerError('Invalid', `the JSON patch does not apply: ${error.name}${what}`, {
      cause: error,
    });
  }
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
      'BadRequest',
      `operation ${index} of the JSON patch needs a valid "op" and a "path"`,
    );
  });
}

function isOperation(value: unknown): value is Operation {
  return isObject(value) && NAMES.has(String(value.op)) && typeof value.path === 'string';
}
