import { ApiServerError } from '../errors.ts';
import { isObject, type JsonObject } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../patch/strategic-merge-patch.ts';
import type { ParsedBody } from '../registry/conform.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { patchTypes } from '../openapi/paths.ts';
import { mediaType, readBody } from './body.ts';
import type { ResourceRequest } from './context.ts';
import { forceParameter } from './field-manager.ts';
import { duplicateMembers, parseJson } from './json-body.ts';

/** Makes a new object from the present one; called again after a lost race. */
export type Produce = (current: KubeObject) => ParsedBody;

/**
 * Reads a patch and returns the function that applies it.
 * @throws ApiServerError `UnsupportedMediaType`, `BadRequest`, `Invalid`
 */
export async function patchFunction(call: ResourceRequest, definition: ResourceDefinition): Promise<Produce> {
  forceParameter(call.info, false);
  const type = mediaType(call.request);
  const apply = await patchAlgorithm(type, definition);
  const text = await readBody(call.request);
  const patch = parseJson(text);
  // What an operation says twice is told as the patch's fault, not as the object's.
  const duplicates = isObject(patch) ? duplicateMembers(text) : [];
  const repeated = Array.isArray(patch) ? duplicateMembers(text) : [];
  return (current) => {
    const value = apply(current, patch);
    if (!isObject(value)) throw new ApiServerError('BadRequest', 'the result of the patch is not an object');
    return { value, duplicates, repeated };
  };
}

type Algorithm = (object: JsonObject, patch: unknown) => unknown;

async function patchAlgorithm(type: string, definition: ResourceDefinition): Promise<Algorithm> {
  switch (type) {
    case 'application/json-patch+json':
      return (await import('../patch/json-patch.ts')).applyJsonPatch;
    case 'application/merge-patch+json':
      return (object, patch) => sorted(applyMergePatch(object, requireObject(patch)));
    case 'application/strategic-merge-patch+json':
      return strategicMerge(definition);
    default:
      throw new ApiServerError(
        'UnsupportedMediaType',
        `the patch type ${type} is not supported; supported: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml`,
        { detailed: definition.origin === 'builtin' },
      );
  }
}

function strategicMerge(definition: ResourceDefinition): Algorithm {
  const { schema } = definition;
  if (definition.origin === 'custom' || schema === undefined)
    throw new ApiServerError(
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${patchTypes(definition).join(', ')}`,
    );
  return (object, patch) => ({
    ...applyStrategicMergePatch(schema, object, patch === null ? {} : requireObject(patch)),
    // In Kubernetes it is applied to the content of an object, whose type is known.
    apiVersion: object.apiVersion,
    kind: object.kind,
  });
}

/** Kubernetes tells of what it does not know in the order of the names. */
function sorted(value: unknown): unknown {
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}

function requireObject(patch: unknown): JsonObject {
  if (isObject(patch)) return patch;
  throw new ApiServerError('BadRequest', 'the patch must be a JSON object');
}
