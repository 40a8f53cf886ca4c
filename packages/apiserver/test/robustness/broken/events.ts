import { plainKey, StoreEvent } from '../../../src/storage/records.ts';
import { Store } from '../../../src/storage/store.ts';

/** One event in eight is not replayed. */
export class DroppedReplay extends Store {
  #count = 0;

  override eventsAfter(revision: number, resource: string | undefined, limit: number): StoreEvent[] {
    const events = super.eventsAfter(revision, resource, limit);
    return events.filter(() => {
      this.#count += 1;
      return this.#count % 8 !== 0;
    });
  }
}

/** The event again, as if it were one between its revision and the next. */
export function repeated(event: StoreEvent): StoreEvent {
  const before = event.previousJson === undefined ? undefined : { json: event.previousJson };
  return new StoreEvent(plainKey(event), event.revision + 0.5, event.type, { json: event.json }, before);
}

/** One event in eight is replayed twice. */
export class RepeatedReplay extends Store {
  #count = 0;

  override eventsAfter(revision: number, resource: string | undefined, limit: number): StoreEvent[] {
    const events = super.eventsAfter(revision, resource, limit);
    return events.flatMap((event) => {
      this.#count += 1;
      return this.#count % 8 === 0 ? [event, repeated(event)] : [event];
    });
  }
}

/** Of two events that are published together the second one comes first. */
export class SwappedEvents extends Store {
  override onCommit(listener: (events: readonly StoreEvent[]) => void): () => void {
    return super.onCommit((events) => listener(swapped(events)));
  }
}

function swapped(events: readonly StoreEvent[]): StoreEvent[] {
  const result = [...events];
  for (let at = 0; at + 1 < result.length; at += 2) {
    const [first, second] = [result[at], result[at + 1]];
    if (first?.resource !== second?.resource || first === undefined || second === undefined) continue;
    result[at] = under(first.revision, second);
    result[at + 1] = under(second.revision, first);
  }
  return result;
}

/** An event in the place of another. */
function under(revision: number, event: StoreEvent): StoreEvent {
  const before = event.previousJson === undefined ? undefined : { json: event.previousJson };
  return new StoreEvent(plainKey(event), revision, event.type, { json: event.json }, before);
}

/** Nothing is ever said to be compacted; what is left of the history is given out as if it were all. */
export class CompactionGap extends Store {
  override assertRevision(_revision: number): void {}
}
