import type { AuditEvent } from './audit.ts';

/** Who wrote: a program of the installation, a part of Kubernetes, or somebody who uses the cluster. */
export type Writer = 'virtkit' | 'kubernetes' | 'user';

/** Writes of one kind. */
export interface WriteCount {
  readonly writer: Writer;
  readonly verb: string;
  /** Plural name, with the subresource after a slash. */
  readonly resource: string;
  readonly count: number;
}

/** A time, from the one moment to the other, both of them RFC 3339. */
export interface Period {
  readonly from: string;
  readonly until: string;
}

/** Which writes are counted. */
export interface WriteSelection {
  /** Objects of this namespace only. */
  readonly namespace: string;
  /** Namespace of the installation, whose service accounts are its programs; default `kubevirt`. */
  readonly installNamespace?: string;
  /** When the API server got them; default at any time. */
  readonly during?: readonly Period[];
}

/** Events tell people what happened and may be dropped; they are not counted, as in KubeVirt's own figures. */
const isEvent = (resource: string): boolean => resource === 'events';

/** Counts writes that were carried out, by writer, verb and resource; the most frequent first. Pure. */
export function countWrites(events: readonly AuditEvent[], selection: WriteSelection): WriteCount[] {
  const { namespace, installNamespace = 'kubevirt', during } = selection;
  const counts = new Map<string, WriteCount>();
  for (const { verb, user, objectRef, responseStatus, requestReceivedTimestamp: at } of events) {
    const { resource = '', subresource } = objectRef ?? {};
    if (objectRef?.namespace !== namespace || isEvent(resource) || (responseStatus?.code ?? 500) >= 400)
      continue;
    if (during !== undefined && !during.some((period) => isDuring(period, at))) continue;
    const name = subresource === undefined ? resource : `${resource}/${subresource}`;
    const writer = writerOf(user.username, installNamespace);
    const key = `${writer} ${verb} ${name}`;
    counts.set(key, { writer, verb, resource: name, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || a.resource.localeCompare(b.resource));
}

function isDuring({ from, until }: Period, at: string): boolean {
  return Date.parse(at) >= Date.parse(from) && Date.parse(at) <= Date.parse(until);
}

function writerOf(username: string, installNamespace: string): Writer {
  if (username.startsWith(`system:serviceaccount:${installNamespace}:`)) return 'virtkit';
  return username.startsWith('system:') ? 'kubernetes' : 'user';
}

/** How often somebody, or everybody together, wrote for each of so many machines, on average. */
export function writesPerMachine(
  counts: readonly WriteCount[],
  writer: Writer | 'all',
  machines: number,
): number {
  const chosen = counts.filter((one) => writer === 'all' || one.writer === writer);
  return chosen.reduce((sum, { count }) => sum + count, 0) / machines;
}

/** A table for people: for each kind of write who did it, how often in all and for each machine. */
export function printWrites(counts: readonly WriteCount[], machines: number): string {
  const rows = counts.map(({ writer, verb, resource, count }) => [
    writer,
    verb,
    resource,
    String(count),
    (count / machines).toFixed(2),
  ]);
  const table = [['writer', 'verb', 'resource', 'writes', 'per machine'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => (column < 3 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  '),
    )
    .join('\n');
}
