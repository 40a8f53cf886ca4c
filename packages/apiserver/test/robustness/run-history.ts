import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '@virtkit/testing';
import { Random } from '../support/random.ts';
import type { Disk } from './faults/disk.ts';
import { inject } from './faults/faults.ts';
import { ServerUnderTest } from './faults/server.ts';
import { GROUPS, RESOURCES, type FaultKind, type History, type Resource } from './history.ts';
import { RandomClient } from './record/client.ts';
import { Connections } from './record/connections.ts';
import { Endpoint } from './record/endpoint.ts';
import { Operations } from './record/operations.ts';
import { Recorder } from './record/recorder.ts';
import { Watcher } from './record/watcher.ts';
import { explore, ReferenceWatch, type WatchContext } from './record/watchers.ts';

/** What one history consists of. */
interface HistoryPlan {
  seed: number;
  /** One after the other, while clients write. */
  faults: readonly FaultKind[];
  /** Name of the store to break on purpose. */
  broken?: string;
}

/** A history that could not be brought to its end: the server does not come back, ended by itself, or answers no more. */
export class UnfinishedHistory extends Error {
  readonly history: History;

  constructor(history: History, cause: unknown) {
    const faults = history.faults.map(({ kind, end }) => (end === undefined ? `${kind} (not over)` : kind));
    super(`seed ${history.seed}, after ${faults.join(', ')}: ${String(cause)}`, { cause });
    this.history = history;
  }
}

const CLIENTS = 6;
const EXPLORERS = 4;
/** Acknowledged writes before the first fault, between two faults and after the last one: from and to. */
const WRITES_BETWEEN = [30, 120] as const;
/** Time in which something must go on, however slow the machine. */
const PATIENCE_MS = 300_000;

/**
 * Runs clients against a server of its own, does to it what is planned, and records all they see.
 * @throws UnfinishedHistory
 */
export async function runHistory({ seed, faults, broken }: HistoryPlan, disk: Disk): Promise<History> {
  const random = new Random(seed);
  const recorder = new Recorder(seed, broken);
  const endpoint = new Endpoint();
  using connections = new Connections(endpoint);
  await using server = new ServerUnderTest(disk, endpoint, recorder, broken);
  const within = <T>(what: string, promise: Promise<T>) => inTime(what, promise, server.died);
  await within('start', server.start());
  const operations = new Operations(recorder, connections);
  const [stopped, ended] = [new AbortController(), new AbortController()];
  const context: WatchContext = {
    recorder,
    operations,
    watcher: new Watcher(recorder, connections),
    settling: stopped.signal,
    ended: ended.signal,
  };
  const references = RESOURCES.map((resource) => new ReferenceWatch(context, resource));
  const seenByReferences = () => Math.min(...references.map(({ position }) => position));
  const watching = [
    ...references.map((reference) => reference.run()),
    ...Array.from({ length: EXPLORERS }, (_, index) =>
      explore(context, new Random(seed + 1000 + index), index === 0),
    ),
  ];
  const writing = Array.from({ length: CLIENTS }, (_, index) =>
    new RandomClient(`c${index}`, new Random(seed + index), recorder, operations).run(stopped.signal),
  );
  // What fails in the background fails the history where it is next waited for.
  const background = Promise.all([...watching, ...writing]).then(() => new Promise<never>(() => {}));
  const writes = async () => {
    // One by one: on a slow machine all of them may take long, but something must go on.
    for (let left = random.between(...WRITES_BETWEEN); left > 0; left -= 1)
      await within('an acknowledged write', Promise.race([recorder.acknowledged(1), background]));
  };
  try {
    for (const kind of faults) {
      await writes();
      const fault = inject({ server, disk, connections, recorder, random, seenByReferences }, kind);
      await within(kind, Promise.race([fault, background]));
    }
    await writes();
    stopped.abort();
    await within('the last writes', Promise.all(writing));
    await within('the last events', settle(recorder, operations));
  } catch (error) {
    throw new UnfinishedHistory(recorder.history, error);
  } finally {
    stopped.abort();
    ended.abort();
  }
  await within('the end of the watches', Promise.all(watching));
  return recorder.history;
}

async function inTime<T>(what: string, promise: Promise<T>, died: Promise<never>): Promise<T> {
  const stop = new AbortController();
  const late = delay(PATIENCE_MS, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`waited ${PATIENCE_MS} ms in vain: ${what}`);
  });
  try {
    return await Promise.race([promise, died, late]);
  } finally {
    stop.abort();
    // Once aborted the delay rejects, which nobody waits for any more.
    late.catch(() => {});
  }
}

/** Writes one last object of each kind and group, lists everything, and waits until every open watch has brought it. */
async function settle(recorder: Recorder, operations: Operations): Promise<void> {
  const last = new Map<string, number>();
  for (const resource of RESOURCES) {
    for (const group of GROUPS) {
      const revision = await writeLast(recorder, operations, resource, group);
      last.set(`${resource}/${group}`, revision);
      last.set(resource, revision);
    }
    await operations.list({ resource, mode: 'now' }, PATIENCE_MS);
  }
  // Those that are opened from now on begin where others ended.
  for (const session of [...recorder.history.watches]) {
    const { resource, group } = session;
    const goal = last.get(group === undefined ? resource : `${resource}/${group}`) ?? 0;
    const arrived = () =>
      session.end !== 'open' ||
      session.events.some(({ revision, type }) => type !== 'BOOKMARK' && revision >= goal);
    try {
      await waitUntil(`watch ${session.id} has brought ${goal}`, arrived, { timeoutMs: 20_000 });
    } catch (error) {
      if (arrived()) throw error;
      session.stalled = true;
    }
  }
}

async function writeLast(
  recorder: Recorder,
  operations: Operations,
  resource: Resource,
  group: (typeof GROUPS)[number],
): Promise<number> {
  for (;;) {
    const token = recorder.token('last');
    const { versions, outcome } = await operations.write(
      { action: 'create', keys: [`${resource}/${token}`], token, content: { w: token }, group },
      10_000,
    );
    const revision = versions[0]?.revision;
    if (outcome === 'ok' && revision !== undefined) return revision;
  }
}
