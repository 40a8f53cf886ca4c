import type { Random } from '../../support/random.ts';
import { GROUPS, RESOURCES, type Resource, type WatchSession } from '../history.ts';
import type { Operations } from './operations.ts';
import type { Recorder } from './recorder.ts';
import type { Watcher } from './watcher.ts';

/** What all watchers share. */
export interface WatchContext {
  recorder: Recorder;
  watcher: Watcher;
  operations: Operations;
  /** Writing has ended: watches that are open stay open to get the rest, no new ones are started. */
  settling: AbortSignal;
  /** The history has ended. */
  ended: AbortSignal;
}

/** The revision up to which a session has brought everything. */
function positionOf(session: WatchSession): number {
  const start = session.start.mode === 'revision' ? session.start.revision : 0;
  return session.events.reduce((position, event) => Math.max(position, event.revision), start);
}

/** Watches one resource for as long as the history, each time from where it was cut off; its events are the order of writes. */
export class ReferenceWatch {
  readonly #context: WatchContext;
  readonly #resource: Resource;
  #position = 1;
  #current: WatchSession | undefined;

  constructor(context: WatchContext, resource: Resource) {
    this.#context = context;
    this.#resource = resource;
  }

  /** Everything up to this revision has been seen. */
  get position(): number {
    return this.#current === undefined ? this.#position : Math.max(this.#position, positionOf(this.#current));
  }

  async run(): Promise<void> {
    const { recorder, watcher, operations, ended } = this.#context;
    while (!ended.aborted) {
      const watching = watcher.watch(
        { resource: this.#resource, start: { mode: 'revision', revision: this.position }, reference: true },
        { enough: Infinity, signal: ended },
      );
      this.#current = recorder.history.watches.at(-1);
      const session = await watching;
      this.#position = this.position;
      this.#current = undefined;
      // Refused it is only by a store that has lost what was seen; it may never reach that revision again.
      if (session.end !== 'expired' && session.end !== 'refused') continue;
      const list = await operations.list({ resource: this.#resource, mode: 'now' }, 10_000);
      const upTo = list.pages[0];
      if (list.outcome !== 'ok' || upTo === undefined) continue;
      recorder.history.holes.push({ resource: this.#resource, after: this.#position, upTo });
      this.#position = upTo;
    }
  }
}

/** Opens one watch after the other, from anywhere: the present, the past, where the last one ended. */
export async function explore(context: WatchContext, random: Random, slow: boolean): Promise<void> {
  const { recorder, watcher, settling, ended } = context;
  let last: WatchSession | undefined;
  while (!settling.aborted) {
    const resumed = last !== undefined && last.end !== 'expired' && random.percent(50) ? last : undefined;
    const from = resumed === undefined ? 0 : positionOf(resumed);
    const fresh = resumed === undefined || from === 0;
    const group = random.percent(40) ? random.pick(GROUPS) : undefined;
    last = await watcher.watch(
      {
        resource: fresh ? random.pick(RESOURCES) : resumed.resource,
        start: fresh ? freshStart(random, recorder) : { mode: 'revision', revision: from },
        reference: false,
        ...(fresh
          ? group !== undefined && { group }
          : resumed.group !== undefined && { group: resumed.group }),
      },
      {
        enough: random.pick([5, 40, 200, Infinity]),
        signal: ended,
        ...(slow && {
          // Gives way to everything else many times over, so that the server fills its buffers.
          reading: () => (random.percent(30) && !settling.aborted ? later(20) : undefined),
        }),
      },
    );
  }
}

async function later(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function freshStart(random: Random, { history }: Recorder): WatchSession['start'] {
  const chance = random.next() * 100;
  if (chance < 20) return { mode: 'now' };
  if (chance < 45) return { mode: 'initial' };
  const newest = Math.max(1, ...history.watches.filter(({ reference }) => reference).map(positionOf));
  const compacted = history.compactions.at(-1)?.target;
  // Where history was just cut off is where it is most easily got wrong; on a full disk nothing may have come after it yet.
  if (chance < 65 && compacted !== undefined)
    return {
      mode: 'revision',
      revision: Math.max(1, Math.min(newest, compacted + random.between(-10, 10))),
    };
  return { mode: 'revision', revision: Math.max(1, newest - random.pick([0, 5, 50, 500])) };
}
