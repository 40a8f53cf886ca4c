import { compare, type Difference } from '../differential/compare.ts';

/** What a client has seen at one point of its run. */
export interface Entry {
  /** Unique in the run of a client, such as `informer: after the cut`. */
  readonly step: string;
  /** As JSON. */
  readonly value: unknown;
}

/** The points in which what a client saw at kube-apiserver and at ours differs; paths start with `body`. */
export function entryDifferences(
  client: string,
  kubernetes: readonly Entry[],
  ours: readonly Entry[],
): Difference[] {
  const steps = [...new Set([...kubernetes, ...ours].map(({ step }) => step))];
  const transcript = (entries: readonly Entry[]) => {
    const symbols = new Symbols();
    const seen = new Map(entries.map(({ step, value }) => [step, symbols.value(value)]));
    return steps.map((step) => ({ status: 0, headers: {}, body: seen.get(step) }));
  };
  const sequence = { name: client, steps: steps.map((step) => ({ method: client, path: step })) };
  return compare(sequence, transcript(kubernetes), transcript(ours));
}

const uid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const moment = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
const token = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g;
const server = /https:\/\/127\.0\.0\.1:\d+/g;
const revisions = /\bresource version: \d+ \(\d+\)/g;
const address = /\b10\.96\.\d{1,3}\.\d{1,3}\b/g;

/** Replaces what a server chooses by itself; uids are numbered in the order of their appearance. */
class Symbols {
  readonly #uids = new Map<string, string>();

  value(value: unknown, member = ''): unknown {
    if (typeof value === 'string') return this.#text(value, member);
    if (Array.isArray(value)) {
      const list = member === 'managedFields' ? value.toSorted(byManager) : value;
      return list.map((element) => this.value(element, member));
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.value(inner, key)]));
  }

  #text(text: string, member: string): string {
    if (member === 'resourceVersion' && /^\d+$/.test(text)) return '<revision>';
    if ((member === 'continue' || member === '_continue') && text !== '') return '<continue>';
    return text
      .replaceAll(uid, (id) => this.#symbol(id))
      .replaceAll(moment, '<time>')
      .replaceAll(token, '<token>')
      .replaceAll(server, 'https://<server>')
      .replaceAll(revisions, 'resource version: <revision> (<revision>)')
      .replaceAll(address, '<address>');
  }

  #symbol(id: string): string {
    const symbol = this.#uids.get(id) ?? `<uid-${this.#uids.size + 1}>`;
    this.#uids.set(id, symbol);
    return symbol;
  }
}

/** The order of `managedFields` depends on the seconds in which they were written. */
function byManager(a: unknown, b: unknown): number {
  const key = (value: unknown) => {
    const { operation, manager, subresource } = value as Record<string, unknown>;
    return JSON.stringify([operation, manager, subresource ?? '']);
  };
  return key(a).localeCompare(key(b), 'en');
}
