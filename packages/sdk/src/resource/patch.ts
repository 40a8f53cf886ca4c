import { ApiError } from '../errors.ts';
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
