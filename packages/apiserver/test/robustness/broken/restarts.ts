import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Store, type StoreOptions } from '../../../src/storage/store.ts';

/** Changes the database of a store that a killed process left behind. */
function tamper(options: StoreOptions, change: (database: DatabaseSync) => void): StoreOptions {
  const file = join(options.dataDir ?? '', 'state.sqlite');
  if (!existsSync(file)) return options;
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    const tables = database
      .prepare("SELECT count(*) AS count FROM sqlite_master WHERE name = 'events'")
      .get();
    if (tables?.count === 1) change(database);
  } finally {
    database.close();
  }
  return options;
}

const OURS = "resource IN ('configmaps', 'secrets')";

/** After a restart the last write but one never was, neither in the log nor in the objects. */
export class LostAcknowledgedWrite extends Store {
  constructor(options: StoreOptions) {
    super(
      tamper(options, (database) => {
        const lost = database
          .prepare(`SELECT * FROM events WHERE ${OURS} ORDER BY revision DESC LIMIT 1 OFFSET 1`)
          .get();
        if (lost === undefined) return;
        const { resource = '', namespace = '', name = '', previous = null, revision = 0 } = lost;
        database.prepare('DELETE FROM events WHERE revision = ?').run(revision);
        // A later write of the same object would hide the loss.
        const later = database
          .prepare('SELECT 1 FROM events WHERE resource = ? AND namespace = ? AND name = ? AND revision > ?')
          .get(resource, namespace, name, revision);
        if (later !== undefined) return;
        database
          .prepare('DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?')
          .run(resource, namespace, name);
        if (typeof previous !== 'string') return;
        const { metadata } = JSON.parse(previous) as { metadata: { resourceVersion: string } };
        database
          .prepare('INSERT INTO objects (resource, namespace, name, revision, body) VALUES (?, ?, ?, ?, ?)')
          .run(resource, namespace, name, Number(metadata.resourceVersion), previous);
      }),
    );
  }
}

/** After a restart the newest revisions are given out a second time. */
export class RevisionGoesBack extends Store {
  constructor(options: StoreOptions) {
    super(
      tamper(options, (database) => {
        database.exec(
          'DELETE FROM events WHERE revision > (SELECT max(revision) - 3 FROM events) AND revision > 20',
        );
      }),
    );
  }
}
