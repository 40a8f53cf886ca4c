import * as z from 'zod';

/**
 * An API object: the listed fields are checked, unlisted fields pass through unchanged, so that an object written
 * by a newer client survives a parse and serialise. Only the listed fields are visible to the type system, which
 * keeps misspelt field names compile errors.
 *
 * @param description one sentence, shown by `kubectl explain`
 */
export function apiObject<S extends z.ZodRawShape>(description: string, shape: S): z.ZodObject<S> {
  return z.looseObject(shape).describe(description);
}
