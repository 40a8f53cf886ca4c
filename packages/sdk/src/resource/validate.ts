import type { KubernetesObject, ResourceDefinition } from '@virtkit/core-types';
import { ApiError, type FieldProblem } from '../errors.ts';

/**
 * Checks `object` against the schema of its definition; kinds without one pass. Structure only: what fields mean together
 * is for the server's admission to judge.
 *
 * @throws ApiError `invalid`, with every field at fault in `fields`
 */
export function assertValid<T extends KubernetesObject>(definition: ResourceDefinition<T>, object: T): void {
  const result = definition.schema?.safeParse(object);
  if (result === undefined || result.success) return;
  const fields: FieldProblem[] = result.error.issues.map((issue) => ({
    field: fieldPath(issue.path),
    message: issue.message,
  }));
  const list = fields.map(({ field, message }) => `${field || 'object'}: ${message}`).join('; ');
  throw new ApiError('invalid', `${definition.kind} does not fit its schema: ${list}`, {
    cause: result.error,
    fields,
  });
}

/** A path as Kubernetes writes it: `spec.volumes[0].name`. */
function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}
