import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { ApiServerError } from '../errors.ts';
import { StoreEvent, type StoreEventType } from './records.ts';

/** How much history watches may resume from. */
export interface Retention {
  /** Revisions kept at most. */
  revisions: number;
  /** Age in milliseconds after which revisions are dropped. */
  ageMs: number;
  /** Bytes of objects kept at most, before and after each change. */
  bytes: number;
}

/** How much of the bytes may be written between two looks at how many there are. */
const PART_UNSEEN = 1 / 8;
/** What is in memory at once of those that are read page by page. */
const PAGE_CHARACTERS = 4 * 1024 * 1024;
/** As a limit of SQLite: none. */
const ALL = -1;

/**
 * The log of every change, in revision order. Compaction forgets a prefix of it; the highest forgotten revision is
 * remembered in the same transaction, so that it is known after a restart which revisions can still be resumed from.
 */
export class EventLog {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #since: StatementSync;
  readonly #sinceAll: StatementSync;
  #compacted: number;
  /** Characters written since it was last looked how much there is. */
  #unseen = 0;
  #looked = false;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare(
      'INSERT INTO events (revision, type, resource, namespace, name, body, previous, written_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#since = database.prepare(
      'SELECT * FROM events WHERE resource = ? AND revision > ? ORDER BY revision LIMIT ?',
    );
    this.#sinceAll = database.prepare('SELECT * FROM events WHERE revision > ? ORDER BY revision LIMIT ?');
    const row = database.prepare("SELECT value FROM counters WHERE name = 'compacted'").get();
    this.#compacted = Number(row?.value ?? 0);
  }

  /** Events up to and including this revision are gone; a watch can resume from this revision or a later one. */
  get compacted(): number {
    return this.#compacted;
  }

  /** The highest revision ever written, or 0. */
  lastRevision(): number {
    const row = this.#database.prepare('SELECT max(revision) AS revision FROM events').get();
    return Math.max(Number(row?.revision ?? 0), this.#compacted);
  }

  append(event: StoreEvent, writtenAt: number): void {
    this.#insert.run(
      event.revision,
      event.type,
      event.resource,
      event.namespace,
      event.name,
      event.json,
      event.previousJson ?? null,
      writtenAt,
    );
    this.#unseen += event.json.length + (event.previousJson?.length ?? 0);
  }

  /** Whether so much was written that there may be more than the retention allows. */
  isPressed({ bytes }: Retention): boolean {
    return this.#unseen > bytes * PART_UNSEEN;
  }

  /** The events after a revision, oldest first; of one resource, or of all when it is `undefined`. To be read in one go. */
  *after(revision: number, resource: string | undefined, limit = ALL): Generator<StoreEvent> {
    const rows =
      resource === undefined
        ? this.#sinceAll.iterate(revision, limit)
        : this.#since.iterate(resource, revision, limit);
    for (const row of rows) yield eventOf(row);
  }

  /** The next of these events: as many as asked for, or fewer if they are large, but one at least if there is any. */
  page(revision: number, resource: string | undefined, limit: number): StoreEvent[] {
    const events: StoreEvent[] = [];
    let characters = 0;
    for (const event of this.after(revision, resource, limit)) {
      events.push(event);
      characters += event.json.length + (event.previousJson?.length ?? 0);
      if (characters > PAGE_CHARACTERS) break;
    }
    return events;
  }

  /**
   * Forgets what the retention no longer covers.
   * @returns the number of events removed.
   */
  compact(head: number, now: number, retention: Retention): number {
    const byCount = head - retention.revisions;
    const aged = this.#database
      .prepare('SELECT max(revision) AS revision FROM events WHERE written_at < ?')
      .get(now - retention.ageMs);
    const target = Math.max(byCount, Number(aged?.revision ?? 0), this.#beyond(retention));
    if (target <= this.#compacted) return 0;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const { changes } = this.#database.prepare('DELETE FROM events WHERE revision <= ?').run(target);
      this.#database
        .prepare(
          "INSERT INTO counters (name, value) VALUES ('compacted', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .run(target);
      this.#database.exec('COMMIT');
      this.#compacted = target;
      return Number(changes);
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** The last revision that no longer has room, or 0. */
  #beyond({ bytes }: Retention): number {
    if (this.#looked && this.#unseen <= bytes * PART_UNSEEN) return 0;
    const row = this.#database
      .prepare(
        `SELECT max(revision) AS revision FROM (
           SELECT revision, sum(octet_length(body) + ifnull(octet_length(previous), 0)) OVER (ORDER BY revision DESC) AS size
           FROM events
         ) WHERE size > ?`,
      )
      .get(bytes * (1 - PART_UNSEEN));
    this.#unseen = 0;
    this.#looked = true;
    return Number(row?.revision ?? 0);
  }
}

function eventOf(row: Record<string, SQLOutputValue>): StoreEvent {
  const key = { resource: String(row.resource), namespace: String(row.namespace), name: String(row.name) };
  const before = row.previous === null ? undefined : { json: String(row.previous) };
  return new StoreEvent(key, Number(row.revision), eventType(row.type), { json: String(row.body) }, before);
}

function eventType(value: SQLOutputValue | undefined): StoreEventType {
  if (value === 'ADDED' || value === 'MODIFIED' || value === 'DELETED') return value;
  throw new ApiServerError('InternalError', `the event log holds an entry of unknown type ${String(value)}`);
}
