import type { KubeObject } from '../object/types.ts';
import type { Store } from '../storage/store.ts';
import { API_SERVICE_STORAGE, apiServiceName } from './group.ts';
import { availableCondition } from './kind.ts';
import type { ApiServiceSpec, RemoteApiService } from './types.ts';

/** The APIServices that other servers answer, as they are at present. */
export class ApiServices implements Disposable {
  readonly #remote = new Map<string, RemoteApiService>();
  readonly #stop: () => void;
  #generation = 0;

  constructor(store: Store) {
    for (const { name, object } of store.list(API_SERVICE_STORAGE)) this.#learn(name, object);
    this.#stop = store.onCommit((events) => {
      for (const event of events) {
        if (event.resource !== API_SERVICE_STORAGE) continue;
        this.#learn(event.name, event.type === 'DELETED' ? undefined : event.object);
      }
    });
  }

  /** Grows with every change. */
  get generation(): number {
    return this.#generation;
  }

  find(group: string, version: string): RemoteApiService | undefined {
    return this.#remote.get(apiServiceName(group, version));
  }

  all(): readonly RemoteApiService[] {
    return [...this.#remote.values()];
  }

  [Symbol.dispose](): void {
    this.#stop();
  }

  #learn(name: string, object: KubeObject | undefined): void {
    // What it looks like was seen to when it was written.
    const spec = object?.spec as ApiServiceSpec | undefined;
    if (object === undefined || spec?.service === undefined) {
      if (!this.#remote.delete(name)) return;
    } else {
      const available = availableCondition(object)?.status === 'True';
      this.#remote.set(name, { name, spec: { ...spec, service: spec.service }, available });
    }
    this.#generation += 1;
  }
}
