import { applyMergePatch, type KubernetesObject, type ResourceDefinition } from '@virtkit/core-types';
import { ApiError, type FieldProblem } from '../errors.ts';

/**
 * What keeps `object` from fitting the schema of its definition, as the error `invalid` with every field at fault; undefined
 * when it fits, or when its kind has no schema. Structure only: what fields mean together is for admission to judge. Members
 * that are `null`, by which `createOrPatch` removes fields, count as absent.
 */
export function schemaRefusal<T extends KubernetesObject>(
  definition: ResourceDefinition<T>,
  object: T,
): ApiError | undefined {
  const result = definition.schema?.safeParse(applyMergePatch({}, object));
  if (result === undefined || result.success) return undefined;
  const fields: FieldProblem[] = result.error.issues.map((issue) => ({
    field: fieldPath(issue.path),
    message: issue.message,
  }));
  const list = fields.map(({ field, message }) => `${field || 'object'}: ${message}`).join('; ');
  const { name } = object.metadata;
  const about = name === undefined ? definition.kind : `${definition.kind} "${name}"`;
  return new ApiError('invalid', `${about} was not sent, because it does not fit its schema: ${list}`, {
    cause: result.error,
    fields,
  });
}

/** See `schemaRefusal`. @throws ApiError `invalid` */
export function assertFitsSchema<T extends KubernetesObject>(
  definition: ResourceDefinition<T>,
  object: T,
): void {
  const refusal = schemaRefusal(definition, object);
  if (refusal !== undefined) throw refusal;
}

/** A path as Kubernetes writes it: `spec.volumes[0].name`. */
function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}
