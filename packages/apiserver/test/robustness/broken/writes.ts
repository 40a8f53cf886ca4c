import { ApiServerError } from '../../../src/errors.ts';
import type { KubeObject } from '../../../src/object/types.ts';
import type { ObjectKey, StoredObject } from '../../../src/storage/records.ts';
import { Store, type StoreOptions, type Transaction } from '../../../src/storage/store.ts';

/** Thrown to leave a transaction without a change. */
const UNDONE = new Error('to be committed in parts');

/** What a transaction over several objects changes is committed one object at a time. */
export class SplitTransaction extends Store {
  override async write<T>(run: (transaction: Transaction) => T): Promise<T> {
    const puts: { key: ObjectKey; object: KubeObject }[] = [];
    let removes = 0;
    try {
      return await super.write((transaction) => {
        const value = run({
          get: (key) => transaction.get(key),
          list: (resource) => transaction.list(resource),
          put: (key, object) => {
            puts.push({ key, object: structuredClone(object) });
            return transaction.put(key, object);
          },
          remove: (key, final) => {
            removes += 1;
            return transaction.remove(key, final);
          },
        });
        if (puts.length < 2 || removes > 0) return value;
        throw UNDONE;
      });
    } catch (error) {
      if (error !== UNDONE) throw error;
    }
    const [first, ...others] = puts;
    if (first !== undefined) await super.write((transaction) => transaction.put(first.key, first.object));
    await new Promise((resolve) => setTimeout(resolve, 5));
    return super.write((transaction) => {
      const stored: StoredObject[] = others.map(({ key, object }) => transaction.put(key, object));
      const present = first === undefined ? undefined : transaction.get(first.key);
      return [present, ...stored].map((one) => one?.object) as T;
    });
  }
}

/** Whether a write may replace an object is decided by what the object was 20 ms ago. */
export class IgnoredPrecondition extends Store {
  readonly #before = new Map<string, { stored: StoredObject; until: number }>();

  constructor(options: StoreOptions) {
    super(options);
    super.onCommit((events) => {
      for (const event of events) {
        const id = `${event.resource}/${event.name}`;
        if (event.type !== 'MODIFIED' || event.previous === undefined) this.#before.delete(id);
        else {
          const { resource, namespace, name, previous, previousJson: json = '' } = event;
          const revision = Number(previous.metadata.resourceVersion);
          const stored = { resource, namespace, name, revision, json, object: previous };
          this.#before.set(id, { stored, until: performance.now() + 20 });
        }
      }
    });
  }

  override get(key: ObjectKey): StoredObject | undefined {
    return this.#past(key) ?? super.get(key);
  }

  override write<T>(run: (transaction: Transaction) => T): Promise<T> {
    return super.write((transaction) =>
      run({
        get: (key) => this.#past(key) ?? transaction.get(key),
        list: (resource) => transaction.list(resource),
        put: (key, object) => transaction.put(key, object),
        remove: (key, final) => transaction.remove(key, final),
      }),
    );
  }

  #past(key: ObjectKey): StoredObject | undefined {
    const before = this.#before.get(`${key.resource}/${key.name}`);
    return before !== undefined && before.until > performance.now() ? before.stored : undefined;
  }
}

/** Every tenth write is answered with an error although it was stored. */
export class FailsAfterStoring extends Store {
  #count = 0;

  override async write<T>(run: (transaction: Transaction) => T): Promise<T> {
    const before = this.revision;
    const value = await super.write(run);
    this.#count += 1;
    if (this.#count > 30 && this.#count % 10 === 0 && this.revision > before)
      throw new ApiServerError('InsufficientStorage', 'a control: this was stored');
    return value;
  }
}
