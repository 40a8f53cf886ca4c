import type { AdmissionChain } from '../admission/chain.ts';
import type { UserInfo } from '../admission/types.ts';
import { ApiServerError } from '../errors.ts';
import type { JsonObject } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { ObjectKey, StoredObject } from '../storage/records.ts';
import type { Store, Transaction } from '../storage/store.ts';
import type { Catalogue } from './catalogue.ts';
import { CRD_STORAGE } from '../crd/group.ts';
import { served } from '../conversion/remote.ts';
import { fromStorage, type ResourceDefinition } from './definition.ts';

/** What to do about unknown and duplicate fields: refuse, warn or accept silently. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** What the operations on resources work with. */
export interface Registry {
  readonly store: Store;
  readonly catalogue: Catalogue;
  readonly admission: AdmissionChain;
  readonly now: () => Date;
}

/** The request on whose behalf an operation runs. */
export interface RequestScope {
  readonly user: UserInfo;
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  /** In whose name fields are owned that the request writes: its `fieldManager`, else the client's program. */
  readonly fieldManager: string;
  /** Collects what the client is warned of. */
  readonly warnings: string[];
  /** Members of CreateOptions, UpdateOptions or DeleteOptions that the client gave, for admission. */
  readonly options?: JsonObject;
}

/** The options of a request as admission shows them. */
export function operationOptions(
  kind: 'CreateOptions' | 'UpdateOptions' | 'DeleteOptions',
  { options }: Pick<RequestScope, 'options'>,
): JsonObject {
  return { kind, apiVersion: 'meta.k8s.io/v1', ...options };
}

/** An object as an operation answers it, in its stored form; `json` is present if it is stored exactly so. */
export interface Outcome {
  readonly object: KubeObject;
  readonly json?: string;
}

/** What is said of an object that names another namespace than the path of its request. */
export const NAMESPACE_MISMATCH =
  'the namespace of the provided object does not match the namespace sent on the request';

/** The storage key of an object of a resource. */
export function keyOf(
  definition: ResourceDefinition,
  namespace: string | undefined,
  name: string,
): ObjectKey {
  return { resource: definition.storage, namespace: definition.namespaced ? (namespace ?? '') : '', name };
}

/** The outcome of an operation that stored, or merely read, an object. */
export function storedOutcome(stored: StoredObject): Outcome {
  return { object: stored.object, json: stored.json };
}

/** The outcome of an operation as this version serves it. @throws ApiServerError 500 when a conversion webhook fails */
export async function servedOutcome<T extends Outcome>(
  definition: ResourceDefinition,
  outcome: T,
): Promise<T> {
  if (definition.remote === undefined) return outcome;
  const object = await served(definition, outcome.object);
  return { ...outcome, object, json: JSON.stringify(object) };
}

/** JSON text of an outcome in the version of the definition. */
export function encodeOutcome(definition: ResourceDefinition, outcome: Outcome): string {
  if (outcome.json !== undefined && definition.conversion === undefined) return outcome.json;
  return JSON.stringify(fromStorage(definition, outcome.object));
}

/**
 * Refuses to create into a namespace that is missing or being deleted.
 * @throws ApiServerError `NotFound`, `Forbidden`
 */
export function checkNamespace(
  source: Pick<Transaction, 'get'>,
  definition: ResourceDefinition,
  namespace: string,
  name: string,
): void {
  const stored = source.get({ resource: 'namespaces', namespace: '', name: namespace });
  if (stored === undefined)
    throw new ApiServerError('NotFound', `namespaces "${namespace}" not found`, {
      kind: 'namespaces',
      name: namespace,
    });
  if (stored.object.metadata.deletionTimestamp !== undefined)
    throw new ApiServerError(
      'Forbidden',
      `${definition.resource} "${name}" is forbidden: cannot create in namespace ${namespace} because it is being terminated`,
      {
        group: definition.group,
        kind: definition.resource,
        name,
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: `namespace ${namespace} is being terminated`,
            field: 'metadata.namespace',
          },
        ],
      },
    );
}

/**
 * Refuses to create objects of a custom kind whose definition is being deleted.
 * @throws ApiServerError `MethodNotAllowed`
 */
export function checkKindLives(source: Pick<Transaction, 'get'>, definition: ResourceDefinition): void {
  if (definition.origin !== 'custom') return;
  const crd = source.get({ resource: CRD_STORAGE, namespace: '', name: definition.storage });
  if (crd === undefined || crd.object.metadata.deletionTimestamp !== undefined)
    throw new ApiServerError(
      'MethodNotAllowed',
      `${definition.kind} cannot be created: its CustomResourceDefinition is being deleted`,
    );
}
