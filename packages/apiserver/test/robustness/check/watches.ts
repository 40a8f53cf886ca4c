import type { History, Version, WatchedEvent, WatchSession } from '../history.ts';
import type { Evidence } from './evidence.ts';
import { isSameContent, isSameVersion, type Entry, type Log } from './log.ts';
import { isInsideTransaction, type Transactions } from './transactions.ts';
import { Findings, type CheckName, type Violation } from './violations.ts';
import { name } from './writes.ts';

/** What a watch is to bring for a change. */
interface Expected {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  version: Version;
  entry: Entry;
}

/** Where a session's initial objects may end: the revision they are those of, and what came after them. */
interface Begun {
  revision: number;
  rest: readonly WatchedEvent[];
}

/** Checks that watches bring every change of what they watch once, in order, and are never ahead of themselves. */
export class WatchCheck {
  readonly #log: Log;
  readonly #evidence: Evidence;
  readonly #transactions: Transactions;
  readonly #findings: Findings;

  constructor(log: Log, evidence: Evidence, transactions: Transactions, findings: Findings) {
    this.#log = log;
    this.#evidence = evidence;
    this.#transactions = transactions;
    this.#findings = findings;
  }

  check(history: History): void {
    for (const session of history.watches) this.#session(session);
  }

  #report(check: CheckName, session: WatchSession, message: string): void {
    const { id, resource, group, start } = session;
    const from = start.mode === 'revision' ? String(start.revision) : start.mode;
    this.#findings.add(
      check,
      `watch ${id} of ${resource}${group === undefined ? '' : ` in group ${group}`} from ${from}: ${message}`,
    );
  }

  #session(session: WatchSession): void {
    let best: readonly Violation[] | undefined;
    for (const begun of this.#begin(session)) {
      const found = this.#explain(session, begun);
      if (best === undefined || found.length < best.length) best = found;
      if (best.length === 0) return;
    }
    for (const { check, message } of best ?? []) this.#findings.add(check, message);
  }

  /** @returns what is wrong with a session if it begins like this. */
  #explain(session: WatchSession, { revision, rest }: Begun): readonly Violation[] {
    const findings = new Findings();
    const attempt = new WatchCheck(this.#log, this.#evidence, this.#transactions, findings);
    attempt.#end(session, revision);
    const highest = rest.reduce((most, event) => Math.max(most, event.revision), revision);
    if (!this.#log.isUnknown(session.resource, revision, highest))
      attempt.#completeness(session, revision, rest, attempt.#order(session, revision, rest));
    return findings.violations;
  }

  #end(session: WatchSession, start: number): void {
    const { end, status, ended = Infinity, events } = session;
    const position = events.reduce(
      (most, event) => (event.type === 'BOOKMARK' ? most : Math.max(most, event.revision)),
      start,
    );
    if (end === 'expired' && position >= this.#log.compacted(ended))
      this.#report('compaction gap', session, `answered with 410 at ${position}, which was not compacted`);
    if (end === 'refused' && status === 504)
      this.#report('revision went back', session, 'answered that this revision has not been reached');
  }

  /** Where a session may begin; nowhere if nothing can be said of it, or if that itself is a violation. */
  #begin(session: WatchSession): Iterable<Begun> {
    const { start, events } = session;
    if (start.mode === 'revision') return [{ revision: start.revision, rest: events }];
    if (start.mode === 'now') return this.#unmarked(session);
    const marked = this.#marked(session);
    return marked === undefined ? [] : [marked];
  }

  #marked(session: WatchSession): Begun | undefined {
    const { events, call, resource, group } = session;
    const at = events.findIndex(({ initialEnd }) => initialEnd === true);
    const revision = events[at]?.revision;
    // Cut off before the end of the initial objects: nothing has been promised yet.
    if (revision === undefined) return undefined;
    const reached = this.#evidence.reachedBefore(call);
    if (revision < reached.revision)
      this.#report('stale read', session, `starts at ${revision} after ${reached.revision} had been seen`);
    if (isInsideTransaction(this.#transactions, revision))
      this.#report('transaction split', session, `starts at ${revision}, inside a transaction`);
    const state = this.#log.state(resource, revision, group);
    if (!this.#log.isUnknown(resource, revision, revision) && !isState(events.slice(0, at), state, 'all'))
      this.#report('stale read', session, `its initial objects are not those of ${revision}`);
    return { revision, rest: events.slice(at + 1) };
  }

  /** Nothing marks the end of the initial objects here: there must be one revision that explains all, and more may do so. */
  #unmarked(session: WatchSession): readonly Begun[] {
    const { events, call, resource, group } = session;
    if (events.length === 0) return [];
    const least = this.#evidence.reachedBefore(call).revision;
    if (this.#log.isUnknown(resource, least, Infinity)) return [];
    const found: Begun[] = [];
    const later = this.#log.of(resource).filter(({ revision }) => revision > least);
    for (const revision of [least, ...later.map((entry) => entry.revision)]) {
      const state = this.#log.state(resource, revision, group);
      if (events.length < state.size) {
        // It may have been cut off before the end of the initial objects.
        if (isState(events, state, 'some')) return [];
      } else if (isState(events.slice(0, state.size), state, 'all'))
        found.push({ revision, rest: events.slice(state.size) });
    }
    if (found.length === 0)
      this.#report('stale read', session, `its initial objects are those of no revision from ${least} on`);
    return found;
  }

  /** Checks the order of what came. @returns the revisions of the events. */
  #order(session: WatchSession, start: number, events: readonly WatchedEvent[]): Set<number> {
    const brought = new Set<number>();
    let [newest, bookmark] = [start, start];
    for (const { type, revision, version } of events) {
      if (type === 'BOOKMARK') {
        if (revision < Math.max(newest, bookmark))
          this.#report(
            'watch out of order',
            session,
            `bookmark ${revision} after ${Math.max(newest, bookmark)}`,
          );
        if (revision !== start && isInsideTransaction(this.#transactions, revision))
          this.#report('transaction split', session, `bookmark ${revision} is inside a transaction`);
        bookmark = Math.max(bookmark, revision);
        continue;
      }
      const what = `${version?.key ?? ''}@${revision}`;
      if (brought.has(revision) || revision <= start)
        this.#report('watch repeated an event', session, `${what} came again`);
      else if (revision < newest) this.#report('watch out of order', session, `${what} came after ${newest}`);
      else if (revision <= bookmark)
        this.#report('progress ahead of events', session, `${what} came after bookmark ${bookmark}`);
      brought.add(revision);
      newest = Math.max(newest, revision);
    }
    return brought;
  }

  #completeness(
    session: WatchSession,
    start: number,
    events: readonly WatchedEvent[],
    brought: ReadonlySet<number>,
  ): void {
    const newestEvent = events.reduce(
      (most, event) => (event.type === 'BOOKMARK' ? most : Math.max(most, event.revision)),
      start,
    );
    const newest = events.reduce((most, event) => Math.max(most, event.revision), start);
    const upTo = session.stalled === true ? Infinity : newest;
    const expected = new Map<number, Expected>();
    for (const entry of this.#log.of(session.resource)) {
      if (entry.revision <= start || entry.revision > upTo) continue;
      const one = expectedOf(entry, session);
      if (one !== undefined) expected.set(entry.revision, one);
    }
    const compacted = this.#log.compacted(session.ended ?? Infinity);
    for (const { entry } of expected.values()) {
      if (brought.has(entry.revision)) continue;
      const gap = start < compacted && entry.revision <= compacted;
      const ahead = entry.revision > newestEvent && entry.revision <= newest;
      const check = gap ? 'compaction gap' : ahead ? 'progress ahead of events' : 'watch missed an event';
      // What no watch ever brought is not in the store's history at all.
      this.#report(entry.watched ? check : 'lost write', session, `${name(entry)} did not come`);
    }
    for (const event of events) {
      if (event.version === undefined) continue;
      const want = expected.get(event.revision);
      if (want !== undefined && fits(event, want)) continue;
      this.#report(
        'write not explained',
        session,
        `${event.type} of ${event.version.key}@${event.revision}, expected ${want === undefined ? 'nothing' : want.type}`,
      );
    }
  }
}

function isState(
  events: readonly WatchedEvent[],
  state: ReadonlyMap<string, Version>,
  how: 'all' | 'some',
): boolean {
  const seen = new Set(events.map(({ version }) => version?.key));
  return (
    seen.size === events.length &&
    (how === 'some' || events.length === state.size) &&
    events.every(({ type, version }) => {
      const want = version === undefined ? undefined : state.get(version.key);
      return type === 'ADDED' && version !== undefined && want !== undefined && isSameVersion(version, want);
    })
  );
}

/** A watch of a group sees objects come and go that only change their group. */
function expectedOf(entry: Entry, { group }: WatchSession): Expected | undefined {
  const within = (version: Version | undefined) =>
    version !== undefined && (group === undefined || version.group === group) ? version : undefined;
  const [before, after] = [within(entry.before), within(entry.after)];
  if (after !== undefined)
    return { type: before === undefined ? 'ADDED' : 'MODIFIED', version: after, entry };
  return before === undefined ? undefined : { type: 'DELETED', version: before, entry };
}

function fits({ type, version }: WatchedEvent, want: Expected): boolean {
  return (
    version !== undefined &&
    type === want.type &&
    version.key === want.version.key &&
    version.uid === want.version.uid &&
    isSameContent(version.content, want.version.content)
  );
}
