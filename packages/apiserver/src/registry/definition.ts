import type { StatusCause } from '../errors.ts';
import type { SelectableFields } from '../object/field-selector.ts';
import type { NameFormat } from '../object/names.ts';
import { qualifiedResource, type GroupVersionResource, type KubeObject } from '../object/types.ts';
import type { Schema } from '../schema/types.ts';
import type { Transaction } from '../storage/store.ts';
import type { TableColumn } from '../table/columns.ts';

/** The scale subresource: where the replica counts and the selector are in the object. */
export interface ScalePaths {
  readonly specReplicas: readonly string[];
  readonly statusReplicas: readonly string[];
  readonly labelSelector?: readonly string[];
}

/** Behaviour in which a resource differs from the generic one; every hook gets its own copy of the object. */
export interface Strategy {
  /** True if a new object may come with a status although status is a subresource. */
  readonly keepsStatusOnCreate?: boolean;
  /** True if what belongs to a deleted object stays unless the deletion says otherwise. */
  readonly orphansByDefault?: boolean;
  /** Prepares a new object, in place, before admission. */
  prepareForCreate?(object: KubeObject): void;
  /** Prepares an update of the status, in place. */
  prepareForStatusUpdate?(object: KubeObject, old: KubeObject): void;
  /** Prepares an update through the main resource, in place. */
  prepareForUpdate?(object: KubeObject, old: KubeObject): void;
  /** Fills in defaults that a schema cannot express, in place. */
  applyDefaults?(object: KubeObject): void;
  /** Fills in defaults that are the server's own choice, in place: unlike the others, who leaves them out does not own them. */
  assignDefaults?(object: KubeObject): void;
  /** Loads what `validate` needs for an object whose shape is right. */
  prepareValidation?(object: KubeObject): Promise<void>;
  /** @param old the object that is replaced, if one is. */
  validate?(object: KubeObject, old?: KubeObject): StatusCause[];
  /** True if what is wrong with a change is told after what is wrong with the object. */
  readonly tellsChangesLast?: true;
  /** Checks that need a library of their own; asked only about objects that are valid so far. */
  validateDeeply?(object: KubeObject, old: KubeObject | undefined): Promise<StatusCause[]>;
  /** What the client is warned of although the object is acceptable. */
  warnings?(object: KubeObject): string[];
  validateUpdate?(object: KubeObject, old: KubeObject): StatusCause[];
  /** Runs inside the storage transaction: assigns what must be unique, such as cluster IPs; `old` is absent on create. */
  allocate?(object: KubeObject, old: KubeObject | undefined, transaction: Transaction): void;
  /** Refuses a deletion by throwing. */
  checkDeletion?(object: KubeObject): void;
  /** Seconds that an object may take to end, for resources that are deleted gracefully. */
  gracePeriodSeconds?(object: KubeObject, requested: number | undefined): number;
  /** True while the object must not disappear although nothing in its metadata holds it. */
  holdsDeletion?(object: KubeObject): boolean;
  /** Called when deletion starts (deletionTimestamp was just set), in place. */
  prepareForDeletion?(object: KubeObject): void;
}

/**
 * Evaluates the rules of a resource for an object and the one that it replaces.
 * @param warnings receives what does not hold of parts that were not changed.
 */
export type ObjectRules = (
  object: KubeObject,
  old: KubeObject | undefined,
  warnings: string[],
) => StatusCause[];

/** Translates between the stored object and the served version of it. */
export interface Conversion {
  fromStorage(object: KubeObject): KubeObject;
  toStorage(object: KubeObject): KubeObject;
}

/** Translates by asking somebody else, which takes time and can fail. */
export interface RemoteConversion {
  /** True for the version in which objects are stored: nobody is asked, unless an object was stored in another one. */
  readonly isStorageVersion: boolean;
  /** Objects in the served version, in the same order. @throws ApiServerError 500 when they cannot be converted */
  fromStorage(objects: readonly KubeObject[]): Promise<KubeObject[]>;
  /** @throws ApiServerError 500 when the object cannot be converted */
  toStorage(object: KubeObject): Promise<KubeObject>;
}

/** One resource in one version: everything that the generic registry needs to serve it. */
export interface ResourceDefinition extends GroupVersionResource {
  readonly kind: string;
  readonly listKind: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** `builtin` keeps unknown fields below the members of its objects, `custom` prunes them and enforces its schema on every write. */
  readonly origin: 'builtin' | 'custom';
  /** The name under which objects are stored, shared by the versions of a resource. */
  readonly storage: string;
  readonly schema: Schema | undefined;
  /** Loads the rules of the schema (`x-kubernetes-validations`), if it has some. */
  readonly rules?: () => Promise<ObjectRules | undefined>;
  readonly nameFormat: NameFormat;
  readonly status: boolean;
  readonly scale?: ScalePaths;
  /** Names of further subresources, served by handlers of their own. */
  readonly extraSubresources: readonly string[];
  readonly selectableFields: SelectableFields;
  readonly columns: readonly TableColumn[];
  readonly strategy: Strategy;
  /** True if a PUT of what is not there makes it. */
  readonly createsOnUpdate?: boolean;
  /** True if a PUT has to name the revision that it replaces. */
  readonly requiresRevision?: boolean;
  /** True if a deletion is answered with the object even if it is gone at once, and not with a Status. */
  readonly answersDeleted?: boolean;
  /** True if `metadata.generation` counts changes of anything but metadata and status. */
  readonly tracksGeneration: boolean;
  readonly conversion?: Conversion;
  /** In the place of `conversion`: objects from the store have to pass through it before anything else looks at them. */
  readonly remote?: RemoteConversion;
  /** Sent as a Warning header with every request, for versions that are going away. */
  readonly deprecationWarning?: string;
}

/** `pods`, `widgets.example.com`. */
export function definitionName(definition: GroupVersionResource): string {
  return qualifiedResource(definition.group, definition.resource);
}

/** The object as this version serves it. */
export function fromStorage(definition: ResourceDefinition, object: KubeObject): KubeObject {
  return definition.conversion === undefined ? object : definition.conversion.fromStorage(object);
}

/** The object as it is stored. */
export function toStorage(definition: ResourceDefinition, object: KubeObject): KubeObject {
  return definition.conversion === undefined ? object : definition.conversion.toStorage(object);
}
