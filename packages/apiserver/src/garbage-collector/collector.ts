import type { KubeObject, OwnerReference } from '../object/types.ts';
import { apiVersionOf } from '../object/types.ts';
import { FOREGROUND_FINALIZER, ORPHAN_FINALIZER } from '../registry/deletion.ts';
import type { Registry } from '../registry/registry.ts';
import type { ObjectKey, StoreEvent } from '../storage/records.ts';
import { keyText, OwnershipGraph, parseKey } from './ownership-graph.ts';
import { SystemOperations } from './system-operations.ts';
import { WorkQueue } from './work-queue.ts';

/** Told of failed attempts, which are repeated. */
export type BackgroundErrorHandler = (task: string, error: unknown) => void;

const CONCURRENCY = 8;
const USER = 'system:serviceaccount:kube-system:generic-garbage-collector';

/**
 * Deletes objects whose owners are all gone, and completes foreground and orphaning deletions. It learns of changes from
 * the commits themselves, so its picture of the owners is never out of date.
 */
export class GarbageCollector implements AsyncDisposable {
  readonly #registry: Registry;
  readonly #operations: SystemOperations;
  readonly #graph = new OwnershipGraph();
  readonly #queue: WorkQueue;
  readonly #stop: () => void;

  constructor(registry: Registry, onError: BackgroundErrorHandler) {
    this.#registry = registry;
    this.#operations = new SystemOperations(registry, USER);
    this.#queue = new WorkQueue({
      process: (key) => this.#attend(parseKey(key)),
      concurrency: CONCURRENCY,
      onError: (key, error) => onError(`garbage collection of ${key}`, error),
    });
    for (const { storage } of registry.catalogue.storedResources())
      for (const stored of registry.store.list(storage)) {
        this.#graph.set(stored);
        if (needsAttention(stored.object)) this.#queue.add(keyText(stored));
      }
    this.#stop = registry.store.onCommit((events) => events.forEach((event) => this.#learn(event)));
  }

  #learn(event: StoreEvent): void {
    if (event.type === 'DELETED') {
      this.#graph.delete(event);
      const { uid, ownerReferences } = event.object.metadata;
      if (uid !== undefined)
        for (const dependent of this.#graph.dependentsOf(uid)) this.#queue.add(keyText(dependent));
      for (const owner of ownerReferences ?? []) this.#attendOwner(owner.uid);
      return;
    }
    this.#graph.set(event);
    if (needsAttention(event.object)) this.#queue.add(keyText(event));
    // An owner may be waiting for just this reference to go.
    for (const owner of event.previous?.metadata.ownerReferences ?? []) this.#attendOwner(owner.uid);
  }

  #attendOwner(uid: string): void {
    const owner = this.#registry.store.getByUid(uid);
    if (owner?.object.metadata.deletionTimestamp !== undefined) this.#queue.add(keyText(owner));
  }

  async #attend(key: ObjectKey): Promise<void> {
    const stored = this.#registry.store.get(key);
    if (stored === undefined) return;
    const { metadata } = stored.object;
    if (metadata.deletionTimestamp !== undefined && metadata.uid !== undefined) {
      const finalizers = metadata.finalizers ?? [];
      if (finalizers.includes(ORPHAN_FINALIZER)) await this.#orphan(key, metadata.uid);
      else if (finalizers.includes(FOREGROUND_FINALIZER)) await this.#deleteDependents(key, metadata.uid);
      return;
    }
    await this.#checkOwners(key, stored.object);
  }

  async #orphan(key: ObjectKey, uid: string): Promise<void> {
    for (const dependent of this.#graph.dependentsOf(uid))
      await this.#dropOwners(dependent, (owner) => owner.uid === uid);
    await this.#dropFinalizer(key, ORPHAN_FINALIZER);
  }

  async #deleteDependents(key: ObjectKey, uid: string): Promise<void> {
    const dependents = this.#graph.dependentsOf(uid);
    for (const dependent of dependents) this.#queue.add(keyText(dependent));
    const blocked = dependents.some((dependent) => {
      const owners = this.#registry.store.get(dependent)?.object.metadata.ownerReferences ?? [];
      return owners.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true);
    });
    if (!blocked) await this.#dropFinalizer(key, FOREGROUND_FINALIZER);
  }

  /** An object goes when no owner is left; references to owners that are gone or going are dropped while others stay. */
  async #checkOwners(key: ObjectKey, object: KubeObject): Promise<void> {
    const owners = object.metadata.ownerReferences ?? [];
    if (owners.length === 0) return;
    const states = new Map(owners.map((owner) => [owner.uid, this.#stateOf(owner, key)]));
    const all = [...states.values()];
    if (all.includes('present')) {
      if (all.some((state) => state !== 'present'))
        await this.#dropOwners(key, ({ uid }) => states.get(uid) !== 'present');
      return;
    }
    const { uid, resourceVersion } = object.metadata;
    const foreground =
      all.includes('waiting') && uid !== undefined && this.#graph.dependentsOf(uid).length > 0;
    await this.#operations.delete(key, {
      preconditions: { uid, resourceVersion },
      ...(foreground && { propagationPolicy: 'Foreground' as const }),
    });
  }

  #stateOf(owner: OwnerReference, dependent: ObjectKey): 'present' | 'waiting' | 'gone' {
    const stored = this.#registry.store.getByUid(owner.uid);
    if (stored !== undefined && (stored.namespace === '' || stored.namespace === dependent.namespace)) {
      const { deletionTimestamp, finalizers } = stored.object.metadata;
      const waits = deletionTimestamp !== undefined && finalizers?.includes(FOREGROUND_FINALIZER) === true;
      return waits && owner.blockOwnerDeletion === true ? 'waiting' : waits ? 'gone' : 'present';
    }
    // An owner of a kind that is not served here cannot be looked up, so nothing is known about it.
    return this.#isServed(owner) ? 'gone' : 'present';
  }

  #isServed({ apiVersion, kind }: OwnerReference): boolean {
    return this.#registry.catalogue
      .all()
      .some(
        (definition) =>
          definition.kind === kind && apiVersionOf(definition.group, definition.version) === apiVersion,
      );
  }

  async #dropOwners(key: ObjectKey, drop: (owner: OwnerReference) => boolean): Promise<void> {
    await this.#operations.change(key, ({ metadata }) => {
      metadata.ownerReferences = (metadata.ownerReferences ?? []).filter((owner) => !drop(owner));
    });
  }

  async #dropFinalizer(key: ObjectKey, finalizer: string): Promise<void> {
    await this.#operations.change(key, ({ metadata }) => {
      metadata.finalizers = (metadata.finalizers ?? []).filter((name) => name !== finalizer);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.#queue.close();
  }
}

function needsAttention({ metadata }: KubeObject): boolean {
  return (metadata.ownerReferences ?? []).length > 0 || metadata.deletionTimestamp !== undefined;
}
