import { CRD_CLEANUP_FINALIZER, CRD_STORAGE } from '../crd/group.ts';
import { membersOf } from '../object/json.ts';
import type { Registry } from '../registry/registry.ts';
import type { ObjectKey, StoredObject, StoreEvent } from '../storage/records.ts';
import type { BackgroundErrorHandler } from './collector.ts';
import { keyText, parseKey } from './ownership-graph.ts';
import { SystemOperations } from './system-operations.ts';
import { WorkQueue } from './work-queue.ts';

const CONCURRENCY = 2;
const NAMESPACES = 'namespaces';
const USER = 'system:serviceaccount:kube-system:namespace-controller';

/**
 * Empties what contains other objects before it may disappear: a namespace of everything in it, a
 * CustomResourceDefinition of all objects of its kind.
 */
export class ContentCleaner implements AsyncDisposable {
  readonly #registry: Registry;
  readonly #operations: SystemOperations;
  readonly #queue: WorkQueue;
  readonly #stop: () => void;

  constructor(registry: Registry, onError: BackgroundErrorHandler) {
    this.#registry = registry;
    this.#operations = new SystemOperations(registry, USER);
    this.#queue = new WorkQueue({
      process: (key) => this.#clean(parseKey(key)),
      concurrency: CONCURRENCY,
      onError: (key, error) => onError(`clearing ${key}`, error),
    });
    for (const container of [NAMESPACES, CRD_STORAGE])
      for (const stored of registry.store.list(container)) this.#addIfTerminating(stored);
    this.#stop = registry.store.onCommit((events) => events.forEach((event) => this.#learn(event)));
  }

  #learn(event: StoreEvent): void {
    if (event.resource === NAMESPACES || event.resource === CRD_STORAGE) {
      if (event.type !== 'DELETED') this.#addIfTerminating(event);
      return;
    }
    if (event.type !== 'DELETED') return;
    // The last object to go lets its container go.
    for (const container of containersOf(event)) {
      const stored = this.#registry.store.get(container);
      if (stored !== undefined) this.#addIfTerminating(stored);
    }
  }

  #addIfTerminating(stored: Pick<StoredObject, 'object'> & ObjectKey): void {
    if (stored.object.metadata.deletionTimestamp !== undefined) this.#queue.add(keyText(stored));
  }

  async #clean(container: ObjectKey): Promise<void> {
    const stored = this.#registry.store.get(container);
    if (stored?.object.metadata.deletionTimestamp === undefined) return;
    for (const { object, ...key } of this.#contents(container))
      if (object.metadata.deletionTimestamp === undefined)
        await this.#operations.delete(key, {
          preconditions: { uid: object.metadata.uid },
          propagationPolicy: 'Background',
        });
    if (this.#contents(container).length > 0) return;
    await this.#operations.change(container, (object) => {
      if (container.resource === NAMESPACES) object.spec = { ...membersOf(object.spec), finalizers: [] };
      else
        object.metadata.finalizers = (object.metadata.finalizers ?? []).filter(
          (name) => name !== CRD_CLEANUP_FINALIZER,
        );
    });
  }

  #contents(container: ObjectKey): StoredObject[] {
    const { store, catalogue } = this.#registry;
    if (container.resource === CRD_STORAGE) return [...store.list(container.name)];
    return catalogue
      .storedResources()
      .filter((definition) => definition.namespaced)
      .flatMap(({ storage }) => store.list(storage).filter((stored) => stored.namespace === container.name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.#queue.close();
  }
}

function containersOf({ resource, namespace }: ObjectKey): ObjectKey[] {
  return [
    { resource: CRD_STORAGE, namespace: '', name: resource },
    ...(namespace === '' ? [] : [{ resource: NAMESPACES, namespace: '', name: namespace }]),
  ];
}
