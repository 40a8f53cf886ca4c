import { randomUUID } from 'node:crypto';
import { json } from 'node:stream/consumers';
import { startControlPlaneOn, type ControlPlane } from '../../src/control-plane.ts';
import { ApiServerError, type MountedGroup } from '../../src/index.ts';
import { Store, type StoreOptions } from '../../src/storage/store.ts';
import { brokenStore } from './broken/stores.ts';
import type { Command, Reply } from './faults/server.ts';
import { PAIRS_GROUP, wireObject } from './record/wire.ts';

/**
 * A control plane in a process of its own, which its parent commands: `server-process.ts DATA_DIR [CLOCK_OFFSET_MS [BROKEN]]`.
 * BROKEN names a store that has a fault on purpose.
 */
const [dataDir, offset = '0', broken] = process.argv.slice(2);
if (dataDir === undefined || process.send === undefined)
  throw new Error('usage, as a child with a channel: server-process.ts DATA_DIR [CLOCK_OFFSET_MS [BROKEN]]');
let clockOffsetMs = Number(offset);
let store: Store | undefined;

// A file that may not grow is to fail as on a full disk, not to end the process.
process.on('SIGXFSZ', () => {});

/** Replaces two ConfigMaps in one transaction. */
const pairs: MountedGroup = {
  group: PAIRS_GROUP,
  version: 'v1',
  resources: [{ name: 'pairs', kind: 'Pair', namespaced: false, verbs: ['create'] }],
  async handle(request, response) {
    const { names, content, group } = (await json(request)) as {
      names: string[];
      content: Record<string, string>;
      group: 'a' | 'b';
    };
    if (store === undefined) throw new ApiServerError('ServiceUnavailable', 'the store is not open yet');
    const items = await store.write((transaction) =>
      names.map((name) => {
        const key = { resource: 'configmaps', namespace: 'default', name };
        const present = transaction.get(key)?.object.metadata;
        const whole = wireObject(`configmaps/${name}`, content, group);
        const metadata = {
          ...whole.metadata,
          namespace: 'default',
          uid: present?.uid ?? randomUUID(),
          creationTimestamp: present?.creationTimestamp ?? new Date().toISOString().replace(/\.\d+Z/, 'Z'),
        };
        return transaction.put(key, { ...whole, metadata }).object;
      }),
    );
    const body = JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata: {}, items });
    response.writeHead(201, { 'content-type': 'application/json' }).end(body);
  },
};

function openStore(options: StoreOptions): Store {
  store = broken === undefined ? new Store(options) : brokenStore(broken, options);
  return store;
}

function obey(plane: ControlPlane, command: Command): Reply {
  switch (command.kind) {
    case 'clock':
      clockOffsetMs = command.offsetMs;
      return {};
    case 'compact':
      try {
        const revisions = Math.max(0, plane.metrics().revision - command.target);
        return { dropped: plane.compact({ revisions, ageMs: command.byAge ? 30 * 60_000 : Infinity }) };
      } catch (error) {
        if (error instanceof ApiServerError) return { failed: error.code };
        throw error;
      }
  }
}

const plane = await startControlPlaneOn(openStore, {
  dataDir,
  mounts: [pairs],
  bookmarkIntervalMs: 40,
  now: () => new Date(Date.now() + clockOffsetMs),
});
process.on('message', (command: Command) => process.send?.(obey(plane, command)));
// Nobody is left to serve.
process.on('disconnect', () => process.exit(0));
process.send({ url: plane.url, ca: plane.ca, token: plane.token } satisfies Reply);
