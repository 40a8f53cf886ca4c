import { FieldManager } from '../apply/field-manager.ts';
import { ApiServerError } from '../errors.ts';
import type { JsonObject } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import { conform, type ParsedBody } from '../registry/conform.ts';
import { createObject } from '../registry/create.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { keyOf, type Outcome, type Registry, type RequestScope } from '../registry/registry.ts';
import { updateObject, type UpdateTarget } from '../registry/update.ts';
import { readApplyConfiguration, type ApplyConfiguration } from './apply-configuration.ts';
import { mediaType } from './body.ts';
import { requestScope, type ResourceRequest } from './context.ts';
import { forceParameter } from './field-manager.ts';

/** The media type of server-side apply. */
const APPLY_TYPE = 'application/apply-patch+yaml';

/** True for a PATCH that is a server-side apply. */
export function isApply({ info, request }: ResourceRequest): boolean {
  return info.verb === 'patch' && mediaType(request) === APPLY_TYPE;
}

/** One server-side apply, read and checked as far as that is possible without the object. */
export interface ApplyRequest {
  readonly scope: RequestScope;
  readonly configuration: ApplyConfiguration;
  readonly force: boolean;
}

/** @throws ApiServerError `Invalid`, `BadRequest`, and what reading the body throws */
export async function readApplyRequest(call: ResourceRequest): Promise<ApplyRequest> {
  const scope = requestScope(call);
  const force = forceParameter(call.info, true);
  return { scope, configuration: await readApplyConfiguration(call.request), force };
}

/**
 * Refuses, or warns of, members that a configuration contains twice, after everything else has been found to be right.
 * @throws ApiServerError `BadRequest`
 */
export function reportDuplicates({ scope, configuration: { duplicates } }: ApplyRequest): void {
  if (duplicates.length === 0 || scope.fieldValidation === 'Ignore') return;
  if (scope.fieldValidation === 'Strict')
    throw new ApiServerError(
      'BadRequest',
      `error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  ${duplicates.join('\n  ')}`,
    );
  for (const duplicate of duplicates) if (!scope.warnings.includes(duplicate)) scope.warnings.push(duplicate);
}

const ATTEMPTS = 8;

/**
 * Applies to an object of a resource, which is made if it is not there, or to its status.
 * @throws ApiServerError `Conflict` with a cause for each field that others own, and what writing the object throws
 */
export async function applyObject(
  registry: Registry,
  call: ResourceRequest,
  definition: ResourceDefinition,
  { name, target }: { name: string; target: UpdateTarget },
): Promise<{ outcome: Outcome; scope: RequestScope; created: boolean }> {
  const request = await readApplyRequest(call);
  const { namespace } = call.info;
  // Unknown members have been refused already when ownership was worked out.
  const scope: RequestScope = { ...request.scope, fieldValidation: 'Ignore' };
  const manager = new FieldManager({
    catalogue: registry.catalogue,
    definition,
    subresource: target === 'status' ? 'status' : '',
    now: registry.now,
  });
  const produce = async (current: KubeObject | undefined): Promise<ParsedBody> => {
    const config = structuredClone(request.configuration.value);
    const value = await manager.apply(current, config, scope.fieldManager, request.force);
    reportDuplicates(request);
    // Kubernetes reads the whole object before it looks at its name, which only shows if both are amiss.
    if (value.metadata.name !== name)
      conform(definition, { value: structuredClone(value), duplicates: [] }, scope);
    checkIdentity(value, name, namespace);
    return { value, duplicates: [], applied: true };
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const isThere = registry.store.get(keyOf(definition, namespace, name)) !== undefined;
    try {
      if (isThere || target === 'status') {
        const update = { namespace, name, target, replaces: false, produce };
        return { outcome: await updateObject(registry, definition, scope, update), scope, created: false };
      }
      call.authorize('create');
      const body = await produce(undefined);
      refuseUid(definition, body.value, name);
      // There is no revision that it could mean: what is not there is made.
      delete (body.value as KubeObject).metadata.resourceVersion;
      const outcome = await createObject(registry, definition, scope, namespace, body);
      return { outcome, scope, created: true };
    } catch (error) {
      if (!lostRace(error, isThere) || target === 'status' || attempt === ATTEMPTS - 1) throw error;
    }
  }
  throw new ApiServerError(
    'Conflict',
    `${name} kept coming and going during ${ATTEMPTS} attempts; try again`,
  );
}

/** True if somebody else has made or removed the object meanwhile. */
function lostRace(error: unknown, wasThere: boolean): boolean {
  return error instanceof ApiServerError && error.code === (wasThere ? 'NotFound' : 'AlreadyExists');
}

function checkIdentity(value: JsonObject & KubeObject, name: string, namespace: string | undefined): void {
  if (value.metadata.name === undefined || value.metadata.name === '')
    throw new ApiServerError(
      'BadRequest',
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  if (value.metadata.name !== name)
    throw new ApiServerError(
      'BadRequest',
      `the name of the object (${value.metadata.name}) does not match the name on the URL (${name})`,
    );
  const placed = value.metadata.namespace ?? '';
  if (placed !== '' && placed !== namespace)
    throw new ApiServerError(
      'BadRequest',
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  const { resourceVersion = '' } = value.metadata;
  if (!/^\d*$/.test(resourceVersion))
    throw new ApiServerError(
      'InternalError',
      `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`,
      { reason: '' },
    );
}

function refuseUid({ group, resource }: ResourceDefinition, value: JsonObject, name: string): void {
  const uid = (value as KubeObject).metadata.uid ?? '';
  if (uid !== '')
    throw new ApiServerError(
      'Conflict',
      `Operation cannot be fulfilled on ${group === '' ? resource : `${resource}.${group}`} "${name}": uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
      { group, kind: resource, name },
    );
}
