import type { EventLog } from './event-log.ts';
import type { ObjectIndex } from './object-index.ts';
import { compareKeys } from './object-index.ts';
import { plainKey, storedObject, type StoredObject } from './records.ts';

/**
 * The objects of a resource as they were at an older revision: the current ones with every later change undone.
 * The caller has checked that the revision is not compacted.
 */
export function snapshotAt(
  index: ObjectIndex,
  log: EventLog,
  resource: string,
  revision: number,
): StoredObject[] {
  const undone = new Map<string, StoredObject | undefined>();
  for (const event of log.after(revision, resource)) {
    const id = `${event.namespace}/${event.name}`;
    // The first change after the revision holds the state at the revision; later ones do not matter.
    if (undone.has(id)) continue;
    const previous = event.previous;
    undone.set(
      id,
      previous === undefined || event.previousJson === undefined
        ? undefined
        : storedObject(
            plainKey(event),
            Number(previous.metadata.resourceVersion),
            event.previousJson,
            previous,
          ),
    );
  }
  const unchanged = index
    .list(resource)
    .filter((stored) => !undone.has(`${stored.namespace}/${stored.name}`));
  const restored = [...undone.values()].filter((stored) => stored !== undefined);
  return [...unchanged, ...restored].sort(compareKeys);
}
