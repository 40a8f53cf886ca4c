import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ApiServerError } from '../errors.ts';

/**
 * What a committed write survives. `power-loss` syncs the write-ahead log at every commit (SQLite `synchronous=FULL`);
 * `process-crash` leaves that to the operating system (`NORMAL`): nothing is lost when the process is killed, the last
 * writes may be lost (never torn) when the machine loses power.
 */
export type Durability = 'power-loss' | 'process-crash';

const FORMAT = 1;

const TABLES = `
  CREATE TABLE IF NOT EXISTS objects (
    resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
    revision INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (resource, namespace, name)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS events (
    revision INTEGER PRIMARY KEY, type TEXT NOT NULL,
    resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
    body TEXT NOT NULL, previous TEXT, written_at INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS events_by_resource ON events (resource, revision);
  CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
`;

/**
 * Opens (and creates) the database of one control plane. The file is locked exclusively for as long as it is open,
 * because the store keeps the current objects in memory and must be their only writer.
 * @param dataDir directory of the database file; `undefined` keeps everything in memory.
 * @throws ApiServerError `DataDirectoryInUse`, `DataDirectoryUnusable`
 */
export function openDatabase(dataDir: string | undefined, durability: Durability): DatabaseSync {
  if (dataDir === undefined) {
    const database = new DatabaseSync(':memory:');
    database.exec(TABLES);
    return database;
  }
  const file = join(dataDir, 'state.sqlite');
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    database = new DatabaseSync(file);
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    database.exec(`PRAGMA synchronous = ${durability === 'power-loss' ? 'FULL' : 'NORMAL'}`);
    database.exec('BEGIN IMMEDIATE');
    // What exists already is opened without a write: a full disk must not keep it from being read.
    if (formatOf(database, file) === undefined) {
      database.exec(TABLES);
      database.exec(`PRAGMA user_version = ${FORMAT}`);
    }
    database.exec('COMMIT');
    return database;
  } catch (error) {
    if (database?.isOpen === true) database.close();
    throw openingError(error, dataDir, file);
  }
}

/** The format of a database, `undefined` for a new one. @throws ApiServerError `DataDirectoryUnusable` for an unknown format. */
function formatOf(database: DatabaseSync, file: string): typeof FORMAT | undefined {
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (found === 0) return undefined;
  if (found !== FORMAT)
    throw new ApiServerError(
      'DataDirectoryUnusable',
      `${file} has storage format ${found}, this version reads format ${FORMAT}: use the version that wrote it or another data directory`,
    );
  return FORMAT;
}

/** SQLite's primary result code of an error, or `undefined` if it is none of SQLite's. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}

const SQLITE_BUSY = 5;
const SQLITE_IOERR = 10;
const SQLITE_FULL = 13;

function openingError(error: unknown, dataDir: string, file: string): ApiServerError {
  if (error instanceof ApiServerError) return error;
  if (sqliteCode(error) === SQLITE_BUSY)
    return new ApiServerError(
      'DataDirectoryInUse',
      `${file} is open in another process: stop that control plane or choose another data directory`,
      { cause: error },
    );
  const text = error instanceof Error ? error.message : String(error);
  return new ApiServerError('DataDirectoryUnusable', `cannot open the data directory ${dataDir}: ${text}`, {
    cause: error,
  });
}

/** Translates a failed commit (of writes, or of a compaction): a full disk is the operator's to fix, anything else is internal. */
export function commitError(error: unknown): ApiServerError {
  const code = sqliteCode(error);
  if (code === SQLITE_FULL || code === SQLITE_IOERR)
    return new ApiServerError(
      'InsufficientStorage',
      'nothing was stored: the file system of the data directory is full or failing; free space and try again',
      { cause: error },
    );
  const text = error instanceof Error ? error.message : String(error);
  return new ApiServerError('InternalError', `nothing was stored: ${text}`, { cause: error });
}
