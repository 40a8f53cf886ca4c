import type { ObjectKey, StoredObject, StoreEvent } from '../../../src/storage/records.ts';
import { Store } from '../../../src/storage/store.ts';
import { repeated } from './events.ts';

/** Every fifth read of an object finds it as it was before its last change. */
export class StaleRead extends Store {
  readonly #previous = new Map<string, StoredObject>();
  readonly #last = new Map<string, StoredObject>();
  #count = 0;

  override get(key: ObjectKey): StoredObject | undefined {
    const current = super.get(key);
    const id = `${key.resource}/${key.name}`;
    const last = this.#last.get(id);
    if (current !== undefined && last?.revision !== current.revision) {
      if (last !== undefined) this.#previous.set(id, last);
      this.#last.set(id, current);
    }
    if (key.resource !== 'configmaps' && key.resource !== 'secrets') return current;
    this.#count += 1;
    return this.#count % 5 === 0 ? (this.#previous.get(id) ?? current) : current;
  }
}

/** Watchers are told a while after the revision has been passed. */
export class LatePublication extends Store {
  override onCommit(listener: (events: readonly StoreEvent[]) => void): () => void {
    return super.onCommit((events) => setTimeout(() => listener(events), 15));
  }
}

/** Every eighth commit is published twice. */
export class RepeatedPublication extends Store {
  override onCommit(listener: (events: readonly StoreEvent[]) => void): () => void {
    let count = 0;
    return super.onCommit((events) => {
      listener(events);
      count += 1;
      const last = events.at(-1);
      if (count % 8 === 0 && last !== undefined) listener([repeated(last)]);
    });
  }
}
