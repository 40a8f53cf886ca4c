import type { Group, History, Resource, Version, WriteOperation } from '../history.ts';
import { RESOURCES } from '../history.ts';
import { resourceOf } from '../record/wire.ts';
import type { Findings } from './violations.ts';

/** One change of one object, at its place in the order of all changes. */
export interface Entry {
  revision: number;
  key: string;
  resource: Resource;
  /** The object before and after; absent if there was none. */
  before: Version | undefined;
  after: Version | undefined;
  /** When a client first saw it. */
  seenAt: number;
  /** True if a watch brought it, false if only the answer to its own write or a read shows it. */
  watched: boolean;
  /** The write that did it, as far as is known. */
  write: WriteOperation | undefined;
}

interface Sighting {
  version: Version;
  deleted: boolean;
  at: number;
  watched: boolean;
}

/** The order of all changes, put together from everything that any client saw. Revisions give the order. */
export class Log {
  readonly #entries: Record<Resource, Entry[]> = { configmaps: [], secrets: [] };
  readonly #byKey = new Map<string, Entry[]>();
  readonly #byRevision = new Map<number, Entry>();
  readonly #history: History;

  constructor(history: History, findings: Findings) {
    this.#history = history;
    const sightings = new Map<number, Sighting>();
    for (const sighting of sightingsOf(history)) {
      const { version, at } = sighting;
      const known = sightings.get(version.revision);
      if (known === undefined) sightings.set(version.revision, sighting);
      else {
        if (!isSame(known, sighting))
          findings.add(
            'revision went back',
            `revision ${version.revision} is both ${describe(known)} and ${describe(sighting)}`,
          );
        known.watched ||= sighting.watched;
        known.at = Math.min(known.at, at);
      }
    }
    for (const revision of [...sightings.keys()].sort((a, b) => a - b)) {
      const sighting = sightings.get(revision);
      if (sighting !== undefined) this.#append(sighting);
    }
  }

  #append({ version, deleted, at, watched }: Sighting): void {
    const { key, revision } = version;
    const own = this.#byKey.get(key) ?? [];
    this.#byKey.set(key, own);
    const resource = resourceOf(key);
    const entry: Entry = {
      revision,
      key,
      resource,
      before: own.at(-1)?.after,
      after: deleted ? undefined : version,
      seenAt: at,
      watched,
      write: undefined,
    };
    own.push(entry);
    this.#entries[resource].push(entry);
    this.#byRevision.set(revision, entry);
  }

  /** The changes of a resource, in order. */
  of(resource: Resource): readonly Entry[] {
    return this.#entries[resource];
  }

  all(): Entry[] {
    return RESOURCES.flatMap((resource) => this.#entries[resource]);
  }

  at(revision: number): Entry | undefined {
    return this.#byRevision.get(revision);
  }

  /** The changes of one object, in order. */
  ofKey(key: string): readonly Entry[] {
    return this.#byKey.get(key) ?? [];
  }

  /** The first change of an object after a revision. */
  next(key: string, revision: number): Entry | undefined {
    return this.ofKey(key).find((entry) => entry.revision > revision);
  }

  /** An object as it was at a revision. */
  version(key: string, revision: number): Version | undefined {
    return this.ofKey(key).findLast((entry) => entry.revision <= revision)?.after;
  }

  /** All objects of a resource (and group) as they were at a revision, by key. */
  state(resource: Resource, revision: number, group?: Group): Map<string, Version> {
    const state = new Map<string, Version>();
    for (const key of this.#byKey.keys()) {
      if (resourceOf(key) !== resource) continue;
      const version = this.version(key, revision);
      if (version !== undefined && (group === undefined || version.group === group)) state.set(key, version);
    }
    return state;
  }

  /** True if it is not known what happened to the resource somewhere between two revisions. */
  isUnknown(resource: Resource, from: number, to: number): boolean {
    return this.#history.holes.some(
      (hole) => hole.resource === resource && from <= hole.upTo && to > hole.after,
    );
  }

  /** True if the server process ended between two times. */
  diedBetween(from: number, to: number): boolean {
    return this.#history.deaths.some((death) => from <= death && death <= to);
  }

  /** The highest revision that may have been compacted by then. */
  compacted(by: number): number {
    const targets = this.#history.compactions.filter(({ at }) => at <= by).map(({ target }) => target);
    return Math.max(0, ...targets);
  }
}

function* sightingsOf(history: History): Generator<Sighting> {
  for (const session of history.watches)
    for (const { type, version, at } of session.events) {
      if (version === undefined) continue;
      const deleted = type === 'DELETED';
      // To a watch of a group, an object that leaves the group is deleted too.
      if (deleted && session.group !== undefined) continue;
      yield { version, deleted, at, watched: true };
    }
  for (const operation of history.operations) {
    const at = operation.returned ?? Infinity;
    if (operation.kind === 'list')
      for (const version of operation.items) yield { version, deleted: false, at, watched: false };
    else if (operation.kind === 'get') {
      if (operation.version !== undefined)
        yield { version: operation.version, deleted: false, at, watched: false };
    } else for (const version of operation.versions) yield { version, deleted: false, at, watched: false };
  }
}

/** True if two versions are the same object at the same state. */
export function isSameVersion(a: Version, b: Version): boolean {
  return a.key === b.key && a.revision === b.revision && isSameState(a, b);
}

function isSameState(a: Version, b: Version): boolean {
  return a.uid === b.uid && a.group === b.group && isSameContent(a.content, b.content);
}

export function isSameContent(a: Record<string, string>, b: Record<string, string>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function isSame(a: Sighting, b: Sighting): boolean {
  return a.deleted === b.deleted && isSameVersion(a.version, b.version);
}

function describe({ version, deleted }: Sighting): string {
  return `${deleted ? 'the deletion of ' : ''}${version.key} (${version.content.w ?? 'no token'})`;
}
