import type { History } from '../history.ts';
import type { Log } from './log.ts';

/** A revision that a client knew of at a time. */
interface Known {
  at: number;
  revision: number;
}

/** What real time says about revisions: which must have been reached by then, which cannot have been. */
export class Evidence {
  /** By time; `revision` is the highest one known by then, `at` when that one was learned. */
  readonly #reached: { until: number; highest: Known }[] = [];
  /** By time of the call, from the latest on: the lowest revision of any write called since then. */
  readonly #later: { since: number; lowest: number }[] = [];

  constructor(history: History, log: Log) {
    const known = [...knownRevisions(history)].sort((a, b) => a.at - b.at);
    let highest: Known = { at: 0, revision: 0 };
    for (const one of known) {
      if (one.revision <= highest.revision) continue;
      highest = one;
      this.#reached.push({ until: one.at, highest });
    }
    const writes = log
      .all()
      .flatMap(({ write, revision }) => (write === undefined ? [] : [{ call: write.call, revision }]))
      .sort((a, b) => b.call - a.call);
    let lowest = Infinity;
    for (const { call, revision } of writes) {
      lowest = Math.min(lowest, revision);
      this.#later.push({ since: call, lowest });
    }
  }

  /** The highest revision that somebody knew of before a time, and since when. */
  reachedBefore(time: number): Known {
    return this.#reached.findLast(({ until }) => until < time)?.highest ?? { at: 0, revision: 0 };
  }

  /** The highest revision that can have been reached at a time: every write called later has a higher one. */
  reachableAt(time: number): number {
    const lowest = this.#later.findLast(({ since }) => since > time)?.lowest;
    return lowest === undefined ? Infinity : lowest - 1;
  }
}

function* knownRevisions(history: History): Generator<Known> {
  for (const { events } of history.watches)
    for (const { at, revision, type, version } of events)
      // Objects that were there before say nothing more than what their own revision does.
      if (type === 'BOOKMARK' || version !== undefined) yield { at, revision };
  for (const operation of history.operations) {
    const { returned } = operation;
    if (returned === undefined || operation.outcome !== 'ok') continue;
    if (operation.kind === 'list') {
      const revision = operation.pages[0];
      if (revision !== undefined) yield { at: returned, revision };
    } else if (operation.kind === 'get') {
      if (operation.version !== undefined) yield { at: returned, revision: operation.version.revision };
    } else for (const { revision } of operation.versions) yield { at: returned, revision };
  }
}
