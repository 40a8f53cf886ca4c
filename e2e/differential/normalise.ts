import type { RemotePlace } from './remote/server.ts';
import type { Entry, Transcript, WatchLine } from './sequence.ts';
import { claimsOf } from './token-claims.ts';

const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const moment = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
const address = /\b10\.96\.\d{1,3}\.\d{1,3}\b/g;
const fingerprint = /\bX509SHA256=[0-9a-f]{64}\b/g;
/** Bindings are looked through in no particular order. */
const missingRoles = /\bRBAC: \[([^\]]*)\]/g;
const hourMs = 3600 * 1000;
const dayMs = 24 * hourMs;
/** Servers count from here on at least (see `startBoth`), so that a smaller number in a message is not a revision. */
export const firstRevision = 1000;

/**
 * The transcript with symbols in place of what a server chooses by itself, numbered by their first appearance: uids, revisions, names made
 * from generateName, addresses and ports of Services. Times that lie within a day of now become `<time>`, because equal seconds are chance.
 * The revision of a list, which counts other sequences' writes too, only says whether it is as new as all seen before;
 * that of a bookmark not even this.
 * The namespace of the sequence becomes `{{ns}}`, continue tokens become `<continue>`, ages in tables `<age>`, a token becomes what it says, and the place of
 * the server that was called becomes `{{remote}}`. Everything else stays as it is.
 */
export function normalise(transcript: Transcript, namespace: string, remote?: RemotePlace): Transcript {
  const symbols = new Symbols(namespace, remote);
  symbols.learn(transcript);
  return transcript.map((entry) =>
    'events' in entry
      ? { events: entry.events.map((event) => symbols.value(event) as WatchLine) }
      : (symbols.value(entry) as Entry),
  );
}

class Symbols {
  readonly #namespace: string;
  readonly #remote: RemotePlace | undefined;
  readonly #found = new Map<string, Map<string, string>>();
  #newest = 0;

  constructor(namespace: string, remote: RemotePlace | undefined) {
    this.#namespace = namespace;
    this.#remote = remote;
  }

  /** Learns which names are made from generateName, wherever they are. */
  learn(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    this.#learnName(value);
    for (const member of Object.values(value)) this.learn(member);
  }

  value(value: unknown, member = '', parent?: unknown): unknown {
    if (member === 'token' && typeof value === 'string') return this.value(claimsOf(value) ?? value);
    if (typeof value === 'string') return this.#text(value, member, parent);
    if (value === this.#remote?.port && value !== undefined) return '{{remote.port}}';
    if (member === 'nodePort' || member === 'healthCheckNodePort')
      return typeof value === 'number' && value >= 30_000 && value <= 33_000
        ? this.#symbol('node-port', String(value))
        : value;
    if (Array.isArray(value)) return inOrder(value, member).map((element) => this.value(element, member));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        // Steps into lists, in managedFields, name elements by their uid.
        key.startsWith('k:') ? this.#text(key, '', undefined) : key,
        this.value(inner, key, value),
      ]),
    );
  }

  #text(text: string, member: string, parent: unknown): string {
    if (member === 'resourceVersion' && /^\d+$/.test(text)) return this.#revision(text, parent);
    if (member === 'continue' && text !== '') return '<continue>';
    if (member === 'cells' && /^(\d+[smhd]){1,2}$/.test(text)) return '<age>';
    if (member === 'cells')
      return this.#text(text.replaceAll(/:3[0-2]\d{3}\//g, ':<node-port>/'), '', parent);
    if (member === 'expirationTimestamp')
      return `<in ${Math.round((Date.parse(text) - Date.now()) / hourMs)} h>`;
    if (member === 'evaluationError' && text.startsWith('[')) return this.#text(`RBAC: ${text}`, '', parent);
    return this.#knownRevisions(
      this.#generatedNames(this.#withoutRemote(text))
        .replaceAll(fingerprint, 'X509SHA256=<fingerprint>')
        .replaceAll(missingRoles, (_, list: string) => `RBAC: [${list.split(', ').sort().join(', ')}]`)
        .replaceAll(this.#namespace, '{{ns}}')
        .replaceAll(uuid, (id) => this.#symbol('uid', id))
        .replaceAll(address, (ip) => this.#symbol('address', ip))
        .replaceAll(moment, (time, fraction: string | undefined) =>
          Math.abs(Date.parse(time) - Date.now()) > dayMs
            ? time
            : fraction === undefined
              ? '<time>'
              : '<time with fraction>',
        ),
    );
  }

  #withoutRemote(text: string): string {
    if (this.#remote === undefined) return text;
    const { url, port } = this.#remote;
    return text.replaceAll(url, '{{remote}}').replaceAll(`:${port}`, ':{{remote.port}}');
  }

  #revision(text: string, metadata: unknown): string {
    const revision = Number(text);
    if (revision < firstRevision) return text;
    const isObject = typeof metadata === 'object' && metadata !== null && 'uid' in metadata;
    if (isObject) {
      this.#newest = Math.max(this.#newest, revision);
      return this.#symbol('revision', text);
    }
    // When a bookmark is sent, and so what it counts, is the server's choice.
    if (typeof metadata === 'object' && metadata !== null && 'annotations' in metadata)
      return '<bookmark revision>';
    const known = revision >= this.#newest ? '<present revision>' : '<older revision>';
    this.#newest = Math.max(this.#newest, revision);
    return known;
  }

  #knownRevisions(text: string): string {
    const known = this.#found.get('revision') ?? new Map<string, string>();
    const present = text.replace(/\bcurrent: \d+$/, 'current: <present revision>');
    return present.replaceAll(/\b\d{4,}\b/g, (digits) => known.get(digits) ?? digits);
  }

  #learnName(value: object): void {
    const { name, generateName } = value as { name?: unknown; generateName?: unknown };
    if (typeof name !== 'string' || typeof generateName !== 'string' || generateName === '') return;
    const kept = generateName.slice(0, 58);
    if (name.length !== kept.length + 5 || !name.startsWith(kept)) return;
    const count = this.#found.get('generated')?.size ?? 0;
    if (this.#found.get('generated')?.has(name) !== true)
      this.#remember('generated', name, `${kept}<generated-${count + 1}>`);
  }

  #generatedNames(text: string): string {
    let result = text;
    for (const [name, symbol] of this.#found.get('generated') ?? []) result = result.replaceAll(name, symbol);
    return result;
  }

  #symbol(kind: string, text: string): string {
    const before = this.#found.get(kind)?.get(text);
    return before ?? this.#remember(kind, text, `<${kind}-${(this.#found.get(kind)?.size ?? 0) + 1}>`);
  }

  #remember(kind: string, text: string, symbol: string): string {
    const known = this.#found.get(kind) ?? new Map<string, string>();
    this.#found.set(kind, known.set(text, symbol));
    return symbol;
  }
}

/**
 * The order of `managedFields` depends on the seconds in which they were written, that of the causes of a conflict on nothing, and neither
 * does that of the rules that apply to somebody.
 */
function inOrder(list: readonly unknown[], member: string): readonly unknown[] {
  if (member === 'managedFields')
    return list.toSorted(by('operation', 'manager', 'apiVersion', 'subresource'));
  if (member === 'causes') {
    const once = new Map(list.map((cause) => [JSON.stringify(cause), cause]));
    const sorted = [...once.values()].toSorted(by('message', 'field'));
    return once.size === list.length ? sorted : [...sorted, '<some of them again>'];
  }
  if (member === 'resourceRules' || member === 'nonResourceRules')
    return list.toSorted(by('apiGroups', 'resources', 'resourceNames', 'nonResourceURLs', 'verbs'));
  return list;
}

function by(...members: readonly string[]): (a: unknown, b: unknown) => number {
  const key = (value: unknown) =>
    JSON.stringify(members.map((name) => (value as Record<string, unknown> | null)?.[name] ?? ''));
  return (a, b) => key(a).localeCompare(key(b), 'en');
}
