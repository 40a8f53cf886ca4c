import type { AdmissionRequest, AdmissionView } from '../admission/types.ts';
import { keepTimes } from '../apply/field-manager.ts';
import { served, stored } from '../conversion/remote.ts';
import { ApiServerError, conflict, invalid, malformedRevision, notFound } from '../errors.ts';
import { cloneJson, equalJson, membersOf, stringOf, type JsonObject } from '../object/json.ts';
import { isTooDeep, tooDeep } from '../object/nesting.ts';
import type { KubeObject } from '../object/types.ts';
import type { StoredObject } from '../storage/records.ts';
import type { Transaction } from '../storage/store.ts';
import { assignDefaults, conform, reconform, validateObject, type ParsedBody } from './conform.ts';
import { toStorage, type ResourceDefinition } from './definition.ts';
import { isReadyToDisappear } from './deletion.ts';
import { MOST_STORED } from './object-size.ts';
import { mutate, trackWrite } from './ownership.ts';
import { changesSpec, finalizerWarnings, inheritMetadata, validateMetadataUpdate } from './metadata.ts';
import {
  keyOf,
  NAMESPACE_MISMATCH,
  operationOptions,
  servedOutcome,
  storedOutcome,
  type Outcome,
  type Registry,
  type RequestScope,
} from './registry.ts';

/**
 * Which part of an object an update may change: what clients desire, what was observed, or (for subresources that the
 * server itself implements, such as binding) everything.
 */
export type UpdateTarget = 'main' | 'status' | 'whole';

/** One update of one object. */
export interface Update {
  readonly namespace: string | undefined;
  readonly name: string;
  readonly target: UpdateTarget;
  /** Reported to admission plugins. */
  readonly subresource?: string;
  /** True for PUT: the body is the whole object, which for some kinds must name the revision that it replaces. */
  readonly replaces: boolean;
  /** Set by handlers that have asked admission in the terms of a subresource already. */
  readonly admitted?: boolean;
  /** How the subresource shows the object to webhooks. */
  readonly view?: AdmissionView;
  /** True where nobody gets to own what is changed, because the server itself decides it. */
  readonly untracked?: boolean;
  /** Makes the new object, in the served version, from a copy of the present one. Called again after a lost race. */
  readonly produce: (current: KubeObject) => ParsedBody | Promise<ParsedBody>;
}

const ATTEMPTS = 64;
const LOST_RACE = Symbol('lost race');

/**
 * Updates an object under optimistic concurrency. A change that results in what is stored already is not written. The
 * update that removes the last finalizer of an object being deleted deletes it.
 * @throws ApiServerError `NotFound`, `Conflict`, `BadRequest`, `Invalid`, and whatever admission denies with.
 */
export async function updateObject(
  registry: Registry,
  definition: ResourceDefinition,
  scope: RequestScope,
  update: Update,
): Promise<Outcome> {
  const key = keyOf(definition, update.namespace, update.name);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const current = registry.store.get(key);
    if (current === undefined) throw notFound(definition, update.name);
    const old = await served(definition, cloneJson(current.object));
    const next = await prepareUpdate(registry, definition, scope, update, old);
    const remote = definition.remote === undefined ? undefined : await stored(definition, next);
    const outcome = await registry.store.write((transaction) =>
      replace(transaction, definition, scope, { current, next, old, remote }),
    );
    if (outcome !== LOST_RACE) return servedOutcome(definition, outcome);
  }
  throw conflict(definition, update.name, `the object kept changing during ${ATTEMPTS} attempts; try again`);
}

async function prepareUpdate(
  registry: Registry,
  definition: ResourceDefinition,
  scope: RequestScope,
  update: Update,
  old: KubeObject,
): Promise<KubeObject> {
  const warnings: string[] = [];
  const body = await update.produce(cloneJson(old));
  if (!update.replaces && update.target !== 'whole')
    checkBodyIdentity(body.value, update.name, update.namespace);
  let next = conformed(definition, update, body, { ...scope, warnings });
  for (const warning of warnings) if (!scope.warnings.includes(warning)) scope.warnings.push(warning);
  checkRevision(definition, update, next, old);
  inheritMetadata(next.metadata, old.metadata);
  const subresource = update.subresource ?? (update.target === 'status' ? 'status' : undefined);
  if (body.applied !== true && update.untracked !== true)
    await trackWrite(registry, definition, scope, { live: old, next, subresource: subresource ?? '' });
  assignDefaults(definition, next);
  if (update.target === 'status') next = onlyStatus(definition, next, old);
  else if (update.target === 'main') keepStatus(definition, next, old);
  const request: AdmissionRequest = {
    operation: 'UPDATE',
    resource: { group: definition.group, version: definition.version, resource: definition.resource },
    kind: definition.kind,
    subresource,
    namespace: old.metadata.namespace,
    name: update.name,
    user: scope.user,
    dryRun: scope.dryRun,
    object: next,
    oldObject: old,
    options: operationOptions('UpdateOptions', scope),
    ...(update.view !== undefined && { view: update.view }),
  };
  if (update.admitted !== true) next = await mutate(registry, request, next, scope);
  reconform(definition, next);
  const counts = definition.tracksGeneration && update.target !== 'status' && update.untracked !== true;
  if (counts && changesSpec(next, old, definition.status))
    next.metadata.generation = (old.metadata.generation ?? 0) + 1;
  keepTimes(next, old);
  const extra = validateMetadataUpdate(next.metadata, old.metadata);
  const changes = update.target === 'main' ? (definition.strategy.validateUpdate?.(next, old) ?? []) : [];
  const last = definition.strategy.tellsChangesLast === true ? changes : [];
  if (last.length === 0) extra.push(...changes);
  // A rule may forbid that something stays as it is.
  if ((await definition.rules?.()) !== undefined || !equalJson(next, old)) {
    const parts = definition.origin === 'custom' || changesSpec(next, old, false) ? 'all' : 'metadata';
    await validateObject(definition, next, { old, extra, last, parts, warnings: scope.warnings });
  }
  if (update.target === 'main')
    scope.warnings.push(
      ...finalizerWarnings(definition, next, old),
      ...(definition.strategy.warnings?.(next) ?? []),
    );
  if (update.admitted !== true)
    await registry.admission.validate({ ...request, object: next }, scope.warnings);
  return next;
}

/** What a patch makes of an object and cannot be read is the patch's fault: 422 in place of 400. */
function conformed(
  definition: ResourceDefinition,
  update: Update,
  body: ParsedBody,
  scope: RequestScope,
): KubeObject {
  if (isTooDeep(body.value)) throw tooDeep();
  try {
    return conform(definition, body, scope);
  } catch (error) {
    const patched = !update.replaces && body.applied !== true;
    if (!patched || !(error instanceof ApiServerError) || error.code !== 'BadRequest') throw error;
    throw invalid({ group: '', resource: '', kind: '' }, '', [
      {
        reason: 'FieldValueInvalid',
        message: `Invalid value: the result of the patch: ${error.message}`,
        field: 'patch',
      },
    ]);
  }
}

function checkRevision(
  definition: ResourceDefinition,
  update: Update,
  next: KubeObject,
  old: KubeObject,
): void {
  const { resourceVersion, uid } = next.metadata;
  // The uid in a PUT says which object is meant, that in the result of a patch would change it.
  if (update.replaces && uid !== undefined && uid !== '' && uid !== old.metadata.uid)
    throw conflict(
      definition,
      update.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid ?? ''}`,
    );
  if (resourceVersion === undefined || resourceVersion === '' || resourceVersion === '0') {
    if (update.replaces && definition.requiresRevision === true)
      // The details name the resource, not the kind, as those of Kubernetes do.
      throw invalid({ group: definition.group, resource: definition.resource }, update.name, [
        {
          reason: 'FieldValueInvalid',
          field: 'metadata.resourceVersion',
          message: 'Invalid value: 0: must be specified for an update',
        },
      ]);
  } else if (!/^\d+$/.test(resourceVersion)) throw malformedRevision(resourceVersion);
  else if (resourceVersion !== old.metadata.resourceVersion)
    throw conflict(
      definition,
      update.name,
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  next.metadata.resourceVersion = old.metadata.resourceVersion;
}

function onlyStatus(definition: ResourceDefinition, next: KubeObject, old: KubeObject): KubeObject {
  const result: KubeObject = { ...old, metadata: { ...old.metadata } };
  if (next.status === undefined) delete result.status;
  else result.status = next.status;
  result.metadata.managedFields = next.metadata.managedFields;
  if (definition.origin === 'builtin') {
    result.metadata.labels = next.metadata.labels;
    result.metadata.annotations = next.metadata.annotations;
    result.metadata.finalizers = next.metadata.finalizers;
  }
  definition.strategy.prepareForStatusUpdate?.(result, old);
  return result;
}

function keepStatus(definition: ResourceDefinition, next: KubeObject, old: KubeObject): void {
  if (definition.status) {
    if (old.status === undefined) delete next.status;
    else next.status = cloneJson(old.status);
  }
  definition.strategy.prepareForUpdate?.(next, old);
}

interface Replacement {
  current: StoredObject;
  next: KubeObject;
  old: KubeObject;
  /** The new object as it is to be stored, where a webhook has converted it. */
  remote: KubeObject | undefined;
}

function replace(
  transaction: Transaction,
  definition: ResourceDefinition,
  scope: RequestScope,
  { current, next, old, remote }: Replacement,
): Outcome | typeof LOST_RACE {
  if (transaction.get(current)?.revision !== current.revision) return LOST_RACE;
  definition.strategy.allocate?.(next, old, transaction);
  const kept = remote ?? toStorage(definition, next);
  const disappears = isReadyToDisappear(definition, kept);
  if (scope.dryRun) return { object: kept };
  if (disappears) {
    // As in Kubernetes, watchers see what was stored last, and the writer what he wrote.
    transaction.remove(current);
    return { object: kept };
  }
  if (equalJson(kept, current.object)) return storedOutcome(current);
  return storedOutcome(transaction.put(current, kept, MOST_STORED));
}

/** A body made from an object in memory: nothing in it can be a duplicate. */
export function bodyOf(object: JsonObject): ParsedBody {
  return { value: object, duplicates: [] };
}

/** @throws ApiServerError `BadRequest` when an update's object is not the one that its path names. */
export function checkBodyIdentity(object: JsonObject, name: string, namespace: string | undefined): void {
  const metadata = membersOf(object.metadata);
  const placed = metadata.namespace;
  if (
    placed !== undefined &&
    placed !== '' &&
    placed !== null &&
    namespace !== undefined &&
    placed !== namespace
  )
    throw new ApiServerError('BadRequest', NAMESPACE_MISMATCH);
  const named = metadata.name;
  if (named === undefined || named === null || named === '')
    throw new ApiServerError(
      'BadRequest',
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  if (named !== name)
    throw new ApiServerError(
      'BadRequest',
      `the name of the object (${stringOf(named, JSON.stringify(named))}) does not match the name on the URL (${name})`,
    );
}
