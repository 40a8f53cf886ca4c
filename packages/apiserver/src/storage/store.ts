import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ApiServerError, expired, toApiServerError } from '../errors.ts';
import type { KubeObject } from '../object/types.ts';
import { commitError, openDatabase, type Durability } from './database.ts';
import { EventLog, type Retention } from './event-log.ts';
import { ObjectIndex } from './object-index.ts';
import { plainKey, StoreEvent, storedObject, type ObjectKey, type StoredObject } from './records.ts';
import { snapshotAt } from './snapshot.ts';

/** How a store is opened. */
export interface StoreOptions {
  /** Directory of the database; in memory when absent. */
  dataDir?: string;
  durability?: Durability;
  retention?: Partial<Retention>;
  /** The clock, in milliseconds since the epoch. */
  now?: () => number;
  /** Told when the compaction that runs by itself failed; it is tried again. */
  onCompactionError?: (error: unknown) => void;
}

/** Counts since the store was opened, and its present size. */
export interface StoreMetrics {
  revision: number;
  compactedRevision: number;
  /** Changes stored. */
  writes: number;
  /** Database transactions; fewer than `writes` when concurrent writes share one. */
  commits: number;
  objects: Record<string, number>;
}

/** What a transaction sees and does. Its changes apply together when it returns, and not at all when it throws. */
export interface Transaction {
  get(key: ObjectKey): StoredObject | undefined;
  list(resource: string): readonly StoredObject[];
  /**
   * Creates or replaces an object; sets its `metadata.resourceVersion`.
   * @param most characters that it may have as JSON, unless it was longer before.
   * @throws ApiServerError `RequestEntityTooLarge`
   */
  put(key: ObjectKey, object: KubeObject, most?: number): StoredObject;
  /** Deletes an object; the final state it hands to watchers may differ from the stored one. */
  remove(key: ObjectKey, final?: KubeObject): StoredObject;
}

interface Pending {
  run: (transaction: Transaction) => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

interface Change {
  event: StoreEvent;
  before: StoredObject | undefined;
  after: StoredObject | undefined;
}

const DEFAULT_RETENTION: Retention = { revisions: 20_000, ageMs: 30 * 60_000, bytes: 256 * 1024 * 1024 };
const COMPACT_EVERY_MS = 30_000;

/**
 * The objects of one control plane with a single revision counter. Current objects are in memory, every change is in
 * SQLite before anyone learns of it: transactions queued in the same turn of the event loop run and commit together
 * (one sync to disk), then their callers are answered and watchers told, in revision order.
 */
export class Store {
  readonly #database: DatabaseSync;
  readonly #log: EventLog;
  readonly #index = new ObjectIndex();
  readonly #retention: Retention;
  readonly #now: () => number;
  readonly #upsert: StatementSync;
  readonly #delete: StatementSync;
  readonly #listeners = new Set<(events: readonly StoreEvent[]) => void>();
  readonly #compaction: NodeJS.Timeout;
  readonly #compactSafely: () => void;
  #queue: Pending[] = [];
  #revision: number;
  #writes = 0;
  #commits = 0;
  #closed = false;

  constructor(options: StoreOptions = {}) {
    this.#database = openDatabase(options.dataDir, options.durability ?? 'power-loss');
    this.#retention = { ...DEFAULT_RETENTION, ...options.retention };
    this.#now = options.now ?? Date.now;
    this.#log = new EventLog(this.#database);
    this.#revision = Math.max(this.#log.lastRevision(), 1);
    this.#upsert = this.#database.prepare(
      'INSERT INTO objects (resource, namespace, name, revision, body) VALUES (?, ?, ?, ?, ?) ' +
        'ON CONFLICT (resource, namespace, name) DO UPDATE SET revision = excluded.revision, body = excluded.body',
    );
    this.#delete = this.#database.prepare(
      'DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?',
    );
    this.#load();
    const report =
      options.onCompactionError ??
      ((error: unknown) =>
        process.emitWarning(
          `compaction failed and will be repeated: ${String(error)}`,
          'VirtkitApiserverWarning',
        ));
    this.#compactSafely = () => {
      try {
        this.compact();
      } catch (error) {
        report(error);
      }
    };
    this.#compaction = setInterval(this.#compactSafely, COMPACT_EVERY_MS);
    this.#compaction.unref();
  }

  #load(): void {
    for (const row of this.#database.prepare('SELECT * FROM objects').iterate()) {
      const key = {
        resource: String(row.resource),
        namespace: String(row.namespace),
        name: String(row.name),
      };
      this.#index.set(storedObject(key, Number(row.revision), String(row.body)));
    }
  }

  /** The revision of the last committed change. */
  get revision(): number {
    return this.#revision;
  }

  /** Events up to and including this revision can no longer be replayed. */
  get compactedRevision(): number {
    return this.#log.compacted;
  }

  get(key: ObjectKey): StoredObject | undefined {
    return this.#index.get(key);
  }

  getByUid(uid: string): StoredObject | undefined {
    return this.#index.getByUid(uid);
  }

  /** The current objects of a resource, by namespace and name. */
  list(resource: string): readonly StoredObject[] {
    return this.#index.list(resource);
  }

  /**
   * The objects of a resource as they were at a revision.
   * @throws ApiServerError `Expired` when that revision has been compacted.
   */
  listAt(resource: string, revision: number): readonly StoredObject[] {
    this.assertRevision(revision);
    if (revision === this.#revision) return this.#index.list(resource);
    return snapshotAt(this.#index, this.#log, resource, revision);
  }

  /**
   * The next events of a resource (of all, when `undefined`) after a revision, oldest first: as many as asked for, or fewer if they
   * are large; none only if there are none.
   * @throws ApiServerError `Expired` when events after that revision have been compacted.
   */
  eventsAfter(revision: number, resource: string | undefined, limit: number): StoreEvent[] {
    this.assertRevision(revision);
    return this.#log.page(revision, resource, limit);
  }

  /** @throws ApiServerError `Expired` when history after the revision is incomplete. */
  assertRevision(revision: number): void {
    if (revision < this.#log.compacted)
      throw expired(
        `resourceVersion ${revision} is too old: history starts at ${this.#log.compacted}; list again and watch from there`,
      );
  }

  /** Calls the listener after each commit with its events in revision order; returns the function that stops it. */
  onCommit(listener: (events: readonly StoreEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Runs a synchronous transaction; the promise settles after its changes are durable.
   * @throws what the transaction throws, or ApiServerError `InsufficientStorage`, `ServiceUnavailable` (store closed).
   */
  write<T>(run: (transaction: Transaction) => T): Promise<T> {
    if (this.#closed) return Promise.reject(new ApiServerError('ServiceUnavailable', 'the store is closed'));
    return new Promise<T>((resolve, reject) => {
      if (this.#queue.length === 0) setImmediate(() => this.#flush());
      this.#queue.push({ run, resolve: (value) => resolve(value as T), reject });
    });
  }

  #flush(): void {
    const batch = this.#queue;
    this.#queue = [];
    if (batch.length === 0) return;
    const changes: Change[] = [];
    const settle: (() => void)[] = [];
    for (const pending of batch) {
      try {
        const own = new StagedTransaction(this.#index, this.#revision + changes.length);
        const value = pending.run(own);
        for (const change of own.changes) this.#apply(change);
        changes.push(...own.changes);
        settle.push(() => pending.resolve(value));
      } catch (error) {
        settle.push(() => pending.reject(error));
      }
    }
    if (changes.length > 0) {
      try {
        this.#commit(changes);
      } catch (error) {
        for (const change of changes.toReversed())
          this.#apply({ ...change, before: change.after, after: change.before });
        const failure = commitError(error);
        for (const pending of batch) pending.reject(failure);
        return;
      }
    }
    for (const answer of settle) answer();
    if (changes.length > 0) this.#publish(changes.map((change) => change.event));
    if (this.#log.isPressed(this.#retention)) this.#compactSafely();
  }

  #apply({ before, after }: Change): void {
    if (after !== undefined) {
      if (before !== undefined && before.object.metadata.uid !== after.object.metadata.uid)
        this.#index.delete(before);
      this.#index.set(after);
    } else if (before !== undefined) this.#index.delete(before);
  }

  #commit(changes: readonly Change[]): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const writtenAt = this.#now();
      for (const { event, after } of changes) {
        if (after === undefined) this.#delete.run(event.resource, event.namespace, event.name);
        else this.#upsert.run(event.resource, event.namespace, event.name, event.revision, event.json);
        this.#log.append(event, writtenAt);
      }
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
    this.#revision += changes.length;
    this.#writes += changes.length;
    this.#commits += 1;
  }

  #publish(events: readonly StoreEvent[]): void {
    for (const listener of this.#listeners) listener(events);
  }

  /**
   * Forgets history beyond the retention, or what is given of another one; runs by itself every 30 seconds and when much was
   * written. Returns the number of events removed.
   * @throws ApiServerError `InsufficientStorage`: on a full disk there is no room to note what is forgotten.
   */
  compact(retention: Partial<Retention> = {}): number {
    if (this.#closed) return 0;
    try {
      return this.#log.compact(this.#revision, this.#now(), { ...this.#retention, ...retention });
    } catch (error) {
      throw commitError(error);
    }
  }

  metrics(): StoreMetrics {
    return {
      revision: this.#revision,
      compactedRevision: this.#log.compacted,
      writes: this.#writes,
      commits: this.#commits,
      objects: this.#index.counts(),
    };
  }

  /** Completes what is queued and closes the database. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#flush();
    this.#closed = true;
    clearInterval(this.#compaction);
    this.#listeners.clear();
    this.#database.close();
  }
}

/** The changes of one transaction, invisible to others until it has returned. */
class StagedTransaction implements Transaction {
  readonly changes: Change[] = [];
  /** The last change of each object, by resource and then by namespace and name. */
  readonly #last = new Map<string, Map<string, Change>>();
  readonly #index: ObjectIndex;
  readonly #base: number;

  constructor(index: ObjectIndex, base: number) {
    this.#index = index;
    this.#base = base;
  }

  get(key: ObjectKey): StoredObject | undefined {
    const staged = this.#last.get(key.resource)?.get(objectId(key));
    return staged === undefined ? this.#index.get(key) : staged.after;
  }

  list(resource: string): readonly StoredObject[] {
    const staged = this.#last.get(resource);
    if (staged === undefined) return this.#index.list(resource);
    const untouched = this.#index.list(resource).filter((stored) => !staged.has(objectId(stored)));
    const present = [...staged.values()].map(({ after }) => after);
    return [...untouched, ...present.filter((stored) => stored !== undefined)];
  }

  put(key: ObjectKey, object: KubeObject, most = Infinity): StoredObject {
    const before = this.get(key);
    const { revision, json } = this.#stamp(object);
    if (json.length > most && json.length > (before?.json.length ?? 0))
      throw new ApiServerError(
        'RequestEntityTooLarge',
        `the object would have ${json.length} characters as JSON, and may have ${most}`,
      );
    const after = storedObject(key, revision, json, object);
    const type = before === undefined ? 'ADDED' : 'MODIFIED';
    this.#stage({ event: new StoreEvent(plainKey(key), revision, type, after, before), before, after });
    return after;
  }

  remove(key: ObjectKey, final?: KubeObject): StoredObject {
    const before = this.get(key);
    if (before === undefined)
      throw toApiServerError(new Error(`no object ${key.resource} ${key.namespace}/${key.name}`));
    const source = final ?? before.object;
    const last: KubeObject = { ...source, metadata: { ...source.metadata } };
    const { revision, json } = this.#stamp(last);
    const event = new StoreEvent(plainKey(key), revision, 'DELETED', { json, object: last }, before);
    this.#stage({ event, before, after: undefined });
    return storedObject(key, revision, json, last);
  }

  #stage(change: Change): void {
    const { event } = change;
    this.changes.push(change);
    const staged = this.#last.get(event.resource) ?? new Map<string, Change>();
    this.#last.set(event.resource, staged.set(objectId(event), change));
  }

  #stamp(object: KubeObject): { revision: number; json: string } {
    const revision = this.#base + this.changes.length + 1;
    object.metadata.resourceVersion = String(revision);
    return { revision, json: JSON.stringify(object) };
  }
}

function objectId({ namespace, name }: ObjectKey): string {
  return `${namespace}/${name}`;
}
