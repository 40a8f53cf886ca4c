import type { BackgroundErrorHandler } from '../garbage-collector/collector.ts';
import { keyText, parseKey } from '../garbage-collector/ownership-graph.ts';
import { SystemOperations } from '../garbage-collector/system-operations.ts';
import { WorkQueue } from '../garbage-collector/work-queue.ts';
import { equalJson, type JsonObject } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { Registry } from '../registry/registry.ts';
import type { StoreEvent } from '../storage/records.ts';

const CONCURRENCY = 2;

/** A status that is computed from other objects of the same namespace. */
export interface ComputedStatus {
  /** Where the objects are stored that have it. */
  readonly storage: string;
  /** User that writes it. */
  readonly user: string;
  /** Whether a change of another object of the namespace can change it. */
  concernedBy(event: StoreEvent): boolean;
  /** The status as it should be; members of the present one that it does not mention are dropped. */
  compute(registry: Registry, object: KubeObject, namespace: string): JsonObject;
}

/** Writes a computed status, at the start and whenever something changes that it depends on; never one that is right already. */
export class StatusKeeper implements AsyncDisposable {
  readonly #registry: Registry;
  readonly #status: ComputedStatus;
  readonly #operations: SystemOperations;
  readonly #queue: WorkQueue;
  readonly #stop: () => void;

  constructor(registry: Registry, status: ComputedStatus, onError: BackgroundErrorHandler) {
    this.#registry = registry;
    this.#status = status;
    this.#operations = new SystemOperations(registry, status.user);
    this.#queue = new WorkQueue({
      process: (key) => this.#write(key),
      concurrency: CONCURRENCY,
      onError: (key, error) => onError(`writing the status of ${key}`, error),
    });
    for (const stored of registry.store.list(status.storage)) this.#queue.add(keyText(stored));
    this.#stop = registry.store.onCommit((events) => events.forEach((event) => this.#learn(event)));
  }

  #learn(event: StoreEvent): void {
    const { storage } = this.#status;
    if (event.resource === storage && event.type !== 'DELETED') this.#queue.add(keyText(event));
    if (!this.#status.concernedBy(event)) return;
    for (const stored of this.#registry.store.list(storage))
      if (stored.namespace === event.namespace) this.#queue.add(keyText(stored));
  }

  async #write(text: string): Promise<void> {
    const key = parseKey(text);
    const stored = this.#registry.store.get(key);
    if (stored === undefined) return;
    const wanted = this.#status.compute(this.#registry, stored.object, key.namespace);
    if (equalJson(stored.object.status, wanted)) return;
    await this.#operations.changeStatus(key, (object) =>
      this.#status.compute(this.#registry, object, key.namespace),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.#queue.close();
  }
}
