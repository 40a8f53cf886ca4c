import { ApiError, isApiError } from '../errors.ts';
import type { Patch } from './options.ts';

interface EncodedPatch {
  readonly contentType: string;
  readonly body: string;
}

/** A patch as it goes over the wire. The API server tells the forms apart by their media type. */
export function encodePatch(patch: Patch): EncodedPatch {
  switch (patch.type) {
    case 'json':
      return { contentType: 'application/json-patch+json', body: JSON.stringify(patch.operations) };
    case 'merge':
      return { contentType: 'application/merge-patch+json', body: JSON.stringify(patch.body) };
    case 'strategic':
      return { contentType: 'application/strategic-merge-patch+json', body: JSON.stringify(patch.body) };
    case 'apply':
      // JSON is YAML.
      return { contentType: 'application/apply-patch+yaml', body: JSON.stringify(patch.body) };
    default: {
      const unknown: never = patch;
      throw new ApiError('bad-request', `unknown patch type in ${JSON.stringify(unknown)}`);
    }
  }
}

/**
 * What a refused patch means. An API server answers a JSON patch whose `test` does not hold with 422 Invalid, as it answers one
 * that breaks a rule; only the latter names causes (seen of kube-apiserver 1.36, whose details are empty in the first case). An
 * object that is not what the patch was made for is a conflict: read it again and the next patch may apply.
 */
export function errorOfPatch(patch: Patch, error: unknown): unknown {
  if (patch.type !== 'json' || !patch.operations.some(({ op }) => op === 'test')) return error;
  if (!isApiError(error, 'invalid') || (error.status?.details?.causes ?? []).length > 0) return error;
  const { status, httpStatus } = error;
  // What a check found before anything was sent names fields.
  if (httpStatus === undefined || error.fields.length > 0) return error;
  return new ApiError('conflict', `the object is not what the patch was made for: ${error.message}`, {
    cause: error,
    status,
    httpStatus,
  });
}
