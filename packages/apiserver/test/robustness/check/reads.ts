import type { GetOperation, History, ListOperation, Version, WriteOperation } from '../history.ts';
import { resourceOf } from '../record/wire.ts';
import type { Evidence } from './evidence.ts';
import { isSameVersion, type Log } from './log.ts';
import type { CheckName, Findings } from './violations.ts';
import { isInsideTransaction, type Transactions } from './transactions.ts';

/** Checks that reads, lists and refusals fit some state between their call and their return. */
export class ReadCheck {
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
    for (const operation of history.operations) {
      const { returned } = operation;
      if (returned === undefined) continue;
      if (operation.kind === 'get') this.#get(operation, returned);
      else if (operation.kind === 'list') this.#list(operation, returned);
      else if (operation.outcome === 'refused') this.#refusal(operation, returned);
    }
  }

  /** The states of an object that it can have had during an operation; undefined if that is not known. */
  #possible(key: string, call: number, returned: number): (Version | undefined)[] | undefined {
    const least = this.#evidence.reachedBefore(call).revision;
    const most = Math.max(least, this.#evidence.reachableAt(returned));
    if (this.#log.isUnknown(resourceOf(key), least, most)) return undefined;
    const changes = this.#log.ofKey(key).filter(({ revision }) => revision > least && revision <= most);
    return [this.#log.version(key, least), ...changes.map(({ after }) => after)];
  }

  #get({ key, call, outcome, version }: GetOperation, returned: number): void {
    if (outcome !== 'ok' && outcome !== 'absent') return;
    const possible = this.#possible(key, call, returned);
    if (possible === undefined) return;
    const fits = possible.some((state) =>
      state === undefined || version === undefined ? state === version : isSameVersion(state, version),
    );
    if (fits) return;
    this.#findings.add(
      this.#older(key, version, possible[0]?.revision ?? Infinity, returned),
      `a read of ${key} found ${text(version)}, possible were ${possible.map(text).join(', ')}`,
    );
  }

  /** Which check it is that finds an older state: after a restart something is lost, else it is stale. */
  #older(key: string, found: Version | undefined, expected: number, returned: number): CheckName {
    const replaced =
      found === undefined
        ? this.#log.ofKey(key).findLast(({ revision }) => revision <= expected)
        : this.#log.next(key, found.revision);
    return replaced !== undefined && this.#log.diedBetween(replaced.seenAt, returned)
      ? 'lost write'
      : 'stale read';
  }

  #refusal(write: WriteOperation, returned: number): void {
    const key = write.keys[0] ?? '';
    const { revision, uid } = write.precondition ?? {};
    const possible = this.#possible(key, write.call, returned);
    if (possible === undefined) return;
    const holds = (state: Version | undefined): boolean => {
      if (write.status === 404) return state === undefined;
      if (write.status !== 409) return true;
      if (write.action === 'create') return state !== undefined;
      if (revision === undefined && uid === undefined) return true;
      return (
        state !== undefined &&
        ((revision !== undefined && revision !== state.revision) || (uid !== undefined && uid !== state.uid))
      );
    };
    if (possible.some(holds)) return;
    this.#findings.add(
      'stale read',
      `${write.token} (${write.action} of ${key}) was refused with ${write.status ?? 0}, possible were ${possible.map(text).join(', ')}`,
    );
  }

  #list(list: ListOperation, returned: number): void {
    const { resource, mode, asked = 0, pages, outcome } = list;
    const revision = pages[0] ?? asked;
    if (outcome === 'expired' && revision >= this.#log.compacted(returned))
      this.#findings.add('compaction gap', `a list at ${revision} was refused with 410 without reason`);
    if (outcome !== 'ok') return;
    if (pages.some((page) => page !== revision))
      this.#findings.add('stale read', `the pages of a list show the revisions ${pages.join()}`);
    this.#listRevision(list, revision);
    if (mode !== 'exact' && isInsideTransaction(this.#transactions, revision))
      this.#findings.add(
        'transaction split',
        `a list of ${resource} shows revision ${revision}, inside a transaction`,
      );
    if (this.#log.isUnknown(resource, revision, revision)) return;
    this.#content(list, revision, returned);
  }

  #listRevision({ resource, mode, asked = 0, call }: ListOperation, revision: number): void {
    const reached = this.#evidence.reachedBefore(call);
    if (mode === 'now' && revision < reached.revision)
      this.#findings.add(
        this.#log.diedBetween(reached.at, call) ? 'revision went back' : 'stale read',
        `a list of ${resource} shows revision ${revision} after ${reached.revision} had been seen`,
      );
    if (mode === 'exact' ? revision !== asked : revision < asked)
      this.#findings.add('stale read', `a list (${mode}) of revision ${asked} shows ${revision}`);
  }

  #content({ resource, group, mode, items }: ListOperation, revision: number, returned: number): void {
    const expected = this.#log.state(resource, revision, group);
    const found = new Map(items.map((version) => [version.key, version]));
    if (found.size !== items.length)
      this.#findings.add('stale read', `a list of ${resource} at ${revision} shows an object twice`);
    for (const key of new Set([...expected.keys(), ...found.keys()])) {
      const [want, have] = [expected.get(key), found.get(key)];
      if (want !== undefined && have !== undefined && isSameVersion(want, have)) continue;
      const compacted = mode === 'exact' && revision < this.#log.compacted(returned);
      this.#findings.add(
        compacted ? 'compaction gap' : this.#older(key, have, revision, returned),
        `a list of ${resource} at ${revision} shows ${key} as ${text(have)} instead of ${text(want)}`,
      );
    }
  }
}

function text(version: Version | undefined): string {
  return version === undefined ? 'absent' : `${version.revision} (${version.content.w ?? ''})`;
}
