import type { AdmissionRequest } from '../admission/types.ts';
import { stored } from '../conversion/remote.ts';
import { alreadyExists, ApiServerError, stillThere, unclassified } from '../errors.ts';
import { generateName } from '../object/names.ts';
import { timestamp, type KubeObject } from '../object/types.ts';
import type { Transaction } from '../storage/store.ts';
import {
  assignDefaults,
  conform,
  conformOwn,
  reconform,
  validateObject,
  type ParsedBody,
} from './conform.ts';
import { toStorage, type ResourceDefinition } from './definition.ts';
import { finalizerWarnings } from './metadata.ts';
import { MOST_STORED } from './object-size.ts';
import { mutate, trackWrite } from './ownership.ts';
import { checkQuotas } from './quota.ts';
import {
  checkKindLives,
  checkNamespace,
  keyOf,
  NAMESPACE_MISMATCH,
  operationOptions,
  servedOutcome,
  storedOutcome,
  type Outcome,
  type Registry,
  type RequestScope,
} from './registry.ts';

const NAME_ATTEMPTS = 8;

/**
 * Creates an object.
 * @param namespace of the request's path; the object may leave it out but not contradict it.
 * @throws ApiServerError `BadRequest`, `Invalid`, `AlreadyExists`, `NotFound` (namespace), `Forbidden`, and whatever
 * admission denies with.
 */
export async function createObject(
  registry: Registry,
  definition: ResourceDefinition,
  scope: RequestScope,
  namespace: string | undefined,
  body: ParsedBody,
): Promise<Outcome> {
  let object = body.own === true ? conformOwn(definition, body) : conform(definition, body, scope);
  setNamespace(definition, object, namespace);
  const { resourceVersion = '' } = object.metadata;
  wipe(object);
  if (body.applied !== true)
    await trackWrite(registry, definition, scope, { live: undefined, next: object, subresource: '' });
  assignDefaults(definition, object);
  if (!['', '0'].includes(resourceVersion))
    throw unclassified('resourceVersion should not be set on objects to be created');
  const place = object.metadata.namespace;
  if (place !== undefined) checkNamespace(registry.store, definition, place, object.metadata.name ?? '');
  if (body.own === true) prepare(registry, definition, object);
  else object = await admitted(registry, definition, scope, object);
  const remote = definition.remote === undefined ? undefined : await stored(definition, object);
  const outcome = await registry.store.write((transaction) =>
    insert(transaction, definition, scope, object, remote),
  );
  return servedOutcome(definition, outcome);
}

/** The object after admission, complete and valid. */
async function admitted(
  registry: Registry,
  definition: ResourceDefinition,
  scope: RequestScope,
  proposed: KubeObject,
): Promise<KubeObject> {
  const { namespace } = proposed.metadata;
  const request = admissionRequest(definition, scope, proposed);
  const object = await mutate(registry, request, proposed, scope);
  reconform(definition, object);
  setNamespace(definition, object, namespace);
  prepare(registry, definition, object);
  await validateObject(definition, object, { warnings: scope.warnings });
  scope.warnings.push(
    ...finalizerWarnings(definition, object),
    ...(definition.strategy.warnings?.(object) ?? []),
  );
  await registry.admission.validate({ ...request, name: object.metadata.name ?? '', object }, scope.warnings);
  return object;
}

function admissionRequest(
  definition: ResourceDefinition,
  scope: RequestScope,
  object: KubeObject,
): AdmissionRequest {
  return {
    operation: 'CREATE',
    resource: { group: definition.group, version: definition.version, resource: definition.resource },
    kind: definition.kind,
    subresource: undefined,
    namespace: object.metadata.namespace,
    name: object.metadata.name ?? '',
    user: scope.user,
    dryRun: scope.dryRun,
    object,
    oldObject: undefined,
    options: operationOptions('CreateOptions', scope),
  };
}

function setNamespace(
  definition: ResourceDefinition,
  object: KubeObject,
  namespace: string | undefined,
): void {
  if (!definition.namespaced) {
    delete object.metadata.namespace;
    return;
  }
  const own = object.metadata.namespace;
  if (own !== undefined && own !== '' && own !== namespace)
    throw new ApiServerError('BadRequest', NAMESPACE_MISMATCH);
  object.metadata.namespace = namespace ?? '';
}

/** Removes what only the server may say of an object. As in Kubernetes, mutating admission sees it without. */
function wipe({ metadata }: KubeObject): void {
  for (const member of [
    'selfLink',
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'resourceVersion',
  ])
    Reflect.deleteProperty(metadata, member);
}

/** Completes an object that is about to be judged and stored. */
function prepare(registry: Registry, definition: ResourceDefinition, object: KubeObject): void {
  wipe(object);
  const { metadata } = object;
  metadata.uid = crypto.randomUUID();
  metadata.creationTimestamp = timestamp(registry.now());
  if (definition.tracksGeneration) metadata.generation = 1;
  if (definition.status && definition.strategy.keepsStatusOnCreate !== true) delete object.status;
  definition.strategy.prepareForCreate?.(object);
  if ((metadata.name ?? '') === '' && (metadata.generateName ?? '') !== '')
    metadata.name = freeName(registry.store, definition, object);
}

function insert(
  transaction: Transaction,
  definition: ResourceDefinition,
  scope: RequestScope,
  object: KubeObject,
  remote: KubeObject | undefined,
): Outcome {
  const { metadata } = object;
  const name = metadata.name ?? '';
  if (definition.namespaced) checkNamespace(transaction, definition, metadata.namespace ?? '', name);
  checkKindLives(transaction, definition);
  const key = keyOf(definition, metadata.namespace, name);
  const present = transaction.get(key);
  if (present?.object.metadata.deletionTimestamp !== undefined) throw stillThere(definition, name);
  if (present !== undefined) throw alreadyExists(definition, name);
  checkQuotas(transaction, definition, object);
  definition.strategy.allocate?.(object, undefined, transaction);
  const kept = remote ?? toStorage(definition, object);
  return scope.dryRun ? { object: kept } : storedOutcome(transaction.put(key, kept, MOST_STORED));
}

function freeName(
  source: Pick<Transaction, 'get'>,
  definition: ResourceDefinition,
  object: KubeObject,
): string {
  const prefix = object.metadata.generateName ?? '';
  for (let attempt = 0; attempt < NAME_ATTEMPTS; attempt += 1) {
    const name = generateName(prefix);
    if (source.get(keyOf(definition, object.metadata.namespace, name)) === undefined) return name;
  }
  throw new ApiServerError('AlreadyExists', `found no free name that starts with "${prefix}"; try again`, {
    group: definition.group,
    kind: definition.resource,
    retryAfterSeconds: 1,
  });
}
