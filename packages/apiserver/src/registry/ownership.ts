import type { AdmissionRequest } from '../admission/types.ts';
import { FieldManager, managersProblem } from '../apply/field-manager.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from './definition.ts';
import type { Registry, RequestScope } from './registry.ts';

/** A write whose fields somebody gets to own. */
export interface TrackedWrite {
  /** Absent for a new object. */
  readonly live: KubeObject | undefined;
  readonly next: KubeObject;
  /** Empty for the resource itself. */
  readonly subresource: string;
}

/** Notes in `metadata.managedFields`, in place, who owns what a write has changed. */
export async function trackWrite(
  { catalogue, now }: Registry,
  definition: ResourceDefinition,
  { fieldManager }: RequestScope,
  { live, next, subresource }: TrackedWrite,
): Promise<void> {
  await new FieldManager({ catalogue, definition, subresource, now }).update(live, next, fieldManager);
}

/**
 * The object after all mutations. Owners that cannot be read afterwards are put back.
 * @throws ApiServerError of the first plugin that denies.
 */
export async function mutate(
  { admission }: Registry,
  request: AdmissionRequest,
  object: KubeObject,
  { warnings }: RequestScope,
): Promise<KubeObject> {
  const { managedFields } = object.metadata;
  const mutated = await admission.mutate(request, object, warnings);
  // Nobody has touched them since this server wrote them.
  if (mutated.metadata.managedFields === managedFields) return mutated;
  const problem = managersProblem(mutated);
  if (problem === undefined) return mutated;
  mutated.metadata.managedFields = managedFields;
  warnings.push(
    `.metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests: ${problem}`,
  );
  return mutated;
}
