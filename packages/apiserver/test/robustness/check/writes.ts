import type { History, Version, WriteOperation } from '../history.ts';
import { resourceOf } from '../record/wire.ts';
import type { Evidence } from './evidence.ts';
import { isSameContent, type Entry, type Log } from './log.ts';
import type { Findings } from './violations.ts';

/** Finds for each change the write that did it, and checks that the change is what that write does. */
export function explainChanges(history: History, log: Log, findings: Findings): void {
  const writes = history.operations.filter((operation) => operation.kind === 'write');
  const byToken = new Map(
    writes.filter(({ action }) => action !== 'delete').map((write) => [write.token, write]),
  );
  const deletions = writes.filter(({ action }) => action === 'delete');
  const done = new Map<WriteOperation, Set<string>>();
  for (const entry of log.all().sort((a, b) => a.revision - b.revision)) {
    const write =
      entry.after === undefined
        ? deletionOf(entry, deletions, done)
        : byToken.get(entry.after.content.w ?? '');
    const keys = write === undefined ? undefined : (done.get(write) ?? new Set());
    if (write === undefined || keys?.has(entry.key) === true || !write.keys.includes(entry.key)) {
      findings.add(
        'write not explained',
        `${name(entry)} is what no write did${write === undefined ? '' : `, or did a second time: ${write.token}`}`,
      );
      continue;
    }
    keys?.add(entry.key);
    if (keys !== undefined) done.set(write, keys);
    entry.write = write;
    checkChange(entry, write, log, findings);
  }
  for (const write of writes) checkOutcome(write, done.get(write) ?? new Set(), log, findings);
}

function deletionOf(
  entry: Entry,
  deletions: readonly WriteOperation[],
  done: ReadonlyMap<WriteOperation, Set<string>>,
): WriteOperation | undefined {
  const { before } = entry;
  const candidates = deletions.filter(
    (write) => write.keys[0] === entry.key && write.call <= entry.seenAt && !done.has(write),
  );
  return (
    candidates.find(({ outcome, uid }) => outcome === 'ok' && uid === before?.uid) ??
    // Those that can have deleted nothing else come first.
    candidates
      .filter((write) => write.outcome === 'unknown' && (before === undefined || isMet(write, before)))
      .sort((a, b) => Number(b.precondition !== undefined) - Number(a.precondition !== undefined))[0]
  );
}

function isMet({ precondition }: WriteOperation, before: Version): boolean {
  const { revision, uid } = precondition ?? {};
  return (
    (revision === undefined || revision === before.revision) && (uid === undefined || uid === before.uid)
  );
}

function checkChange(entry: Entry, write: WriteOperation, log: Log, findings: Findings): void {
  const { before, after } = entry;
  if (write.outcome === 'refused')
    findings.add(
      'write not explained',
      `${name(entry)} happened although ${write.token} was answered with ${write.status ?? 'no connection'}`,
    );
  // What the object was before is not known where nobody could look.
  if (log.isUnknown(entry.resource, before?.revision ?? 0, entry.revision)) return;
  if (write.action === 'create' && before !== undefined)
    findings.add('lost update', `${name(entry)} was created over revision ${before.revision}`);
  if (['update', 'patch', 'delete'].includes(write.action) && before === undefined)
    findings.add('write not explained', `${name(entry)}: ${write.action} of what was not there`);
  if (before !== undefined && !isMet(write, before))
    findings.add(
      'lost update',
      `${name(entry)} replaced revision ${before.revision}, not what it was to replace: ${JSON.stringify(write.precondition)}`,
    );
  if (after === undefined) return;
  const merged = write.action === 'patch' ? { ...before?.content, ...write.content } : write.content;
  const group = write.group ?? before?.group;
  if (!isSameContent(merged, after.content) || (group !== undefined && group !== after.group))
    findings.add(
      'lost update',
      `${name(entry)} is ${JSON.stringify(after.content)}, ${write.action} makes ${JSON.stringify(merged)} of what was there`,
    );
  if (write.action !== 'create' && before !== undefined && before.uid !== after.uid)
    findings.add('write not explained', `${name(entry)} has another uid than before`);
}

function checkOutcome(write: WriteOperation, done: ReadonlySet<string>, log: Log, findings: Findings): void {
  const missing = write.keys.filter((key) => !done.has(key));
  if (missing.length === 0) {
    checkTransaction(write, log, findings);
    return;
  }
  if (log.isUnknown(resourceOf(write.keys[0] ?? ''), 0, Infinity)) return;
  if (write.outcome === 'ok')
    findings.add(
      'lost write',
      `${write.token} (${write.action} of ${missing.join()}) was acknowledged and is nowhere`,
    );
  else if (done.size > 0)
    findings.add('transaction split', `of ${write.token} only ${[...done].join()} happened`);
}

function checkTransaction(write: WriteOperation, log: Log, findings: Findings): void {
  const [first, last] = transactionOf(write, log);
  if (last - first !== write.keys.length - 1)
    findings.add(
      'transaction split',
      `${write.token} has other changes between its revisions ${first} and ${last}`,
    );
}

/** First and last revision of what a write did. */
export function transactionOf(write: WriteOperation, log: Log): [number, number] {
  const revisions = write.keys
    .flatMap((key) => log.ofKey(key))
    .filter((entry) => entry.write === write)
    .map(({ revision }) => revision);
  return [Math.min(...revisions), Math.max(...revisions)];
}

/** Every write has a higher revision than anything that was known of before it was called. */
export function checkWriteOrder(log: Log, evidence: Evidence, findings: Findings): void {
  for (const entry of log.all()) {
    if (entry.write === undefined) continue;
    const reached = evidence.reachedBefore(entry.write.call);
    if (entry.revision <= reached.revision)
      findings.add(
        'revision went back',
        `${name(entry)} was written after revision ${reached.revision} had been seen`,
      );
  }
}

/** A change, for messages. */
export function name({ key, revision, after, write }: Entry): string {
  return `${key}@${revision} (${after?.content.w ?? write?.token ?? 'deleted'})`;
}
