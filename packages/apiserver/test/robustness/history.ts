import { readFileSync, writeFileSync } from 'node:fs';

/** The stored resources that are written and watched; both draw from the one revision counter. */
export const RESOURCES = ['configmaps', 'secrets'] as const;
export type Resource = (typeof RESOURCES)[number];

/** Value of the label that watches and lists select by. */
export const GROUPS = ['a', 'b'] as const;
export type Group = (typeof GROUPS)[number];

/** An object as a client saw it. `content` holds its annotations; each write leaves a token of its own there. */
export interface Version {
  /** `resource/name`. */
  key: string;
  revision: number;
  uid: string;
  group: Group;
  content: Record<string, string>;
}

/** Milliseconds since the start of the history; `returned` is absent while an operation is under way. */
interface Times {
  call: number;
  returned?: number;
}

/** One write. `pair` replaces two objects in one transaction. */
export interface WriteOperation extends Times {
  kind: 'write';
  action: 'create' | 'update' | 'patch' | 'delete' | 'pair';
  keys: string[];
  /** What the write leaves in `content.w`; nothing else writes it. Of a deletion: only a name for messages. */
  token: string;
  /** The content to be, or of a patch: what is merged into it. */
  content: Record<string, string>;
  group?: Group;
  precondition?: { revision?: number; uid?: string };
  /** `unknown`: no answer came, so that it may have happened, once, at any time after the call. */
  outcome: 'ok' | 'refused' | 'unknown';
  /** HTTP status of a refusal. */
  status?: number;
  /** The objects as answered; of a deletion none. */
  versions: Version[];
  /** Of a deletion: uid of what was deleted. */
  uid?: string;
}

/** One read of one object. */
export interface GetOperation extends Times {
  kind: 'get';
  key: string;
  outcome: 'ok' | 'absent' | 'refused' | 'unknown';
  version?: Version;
}

/** One list with all its pages. */
export interface ListOperation extends Times {
  kind: 'list';
  resource: Resource;
  group?: Group;
  mode: 'now' | 'not-older' | 'exact';
  /** The revision asked for, by the modes that ask for one. */
  asked?: number;
  outcome: 'ok' | 'expired' | 'refused' | 'unknown';
  /** The revision of each page. */
  pages: number[];
  items: Version[];
}

export type Operation = WriteOperation | GetOperation | ListOperation;

/** One line of a watch. */
export interface WatchedEvent {
  at: number;
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  revision: number;
  version?: Version;
  /** Of the bookmark that ends the initial events. */
  initialEnd?: true;
}

/** One watch connection. */
export interface WatchSession {
  id: number;
  resource: Resource;
  group?: Group;
  /** After a revision, or with the present objects first; `initial` marks their end with a bookmark. */
  start: { mode: 'revision'; revision: number } | { mode: 'now' } | { mode: 'initial' };
  /** One of those that go on for as long as the history, without a gap. */
  reference: boolean;
  call: number;
  ended?: number;
  /** `expired`: answered with 410. `refused`: another error. */
  end: 'open' | 'closed' | 'cut' | 'expired' | 'refused';
  status?: number;
  events: WatchedEvent[];
  /** At the end of the history it was open and did not get all there was. */
  stalled?: true;
}

/** What was done to the server. */
export interface FaultRecord {
  kind: FaultKind;
  begin: number;
  end?: number;
  /** What it came to. */
  detail?: string;
}

export const FAULT_KINDS = [
  'kill',
  'kill-while-starting',
  'power-cut',
  'pause',
  'full-disk',
  'kill-on-full-disk',
  'clock',
  'cut-connections',
  'compaction',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One compaction: history up to `target` may be gone from `at` on. */
interface Compaction {
  at: number;
  target: number;
}

/** A stretch of revisions that the reference watch of a resource did not see (answered with 410): `after` < r <= `upTo`. */
interface Hole {
  resource: Resource;
  after: number;
  upTo: number;
}

/** All that was seen of one server, from an empty data directory on. */
export interface History {
  seed: number;
  /** Name of the broken store, in a control. */
  broken?: string;
  operations: Operation[];
  watches: WatchSession[];
  faults: FaultRecord[];
  compactions: Compaction[];
  /** When the server process ended. */
  deaths: number[];
  holes: Hole[];
}

/** Writes a history to a file, to be checked again. */
export function saveHistory(file: string, history: History): void {
  writeFileSync(file, JSON.stringify(history));
}

/** Reads what {@link saveHistory} wrote. */
export function loadHistory(file: string): History {
  return JSON.parse(readFileSync(file, 'utf8')) as History;
}
