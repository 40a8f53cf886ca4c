import type { ResourceDefinition } from '../registry/definition.ts';
import { plainKey, StoreEvent, type StoredObject } from '../storage/records.ts';
import { servedAll } from './remote.ts';

/** Events and characters that are kept: what watches that keep up ask for at about the same time. */
const MOST_EVENTS = 256;
const MOST_CHARACTERS = 8 * 1024 * 1024;

interface Kept {
  readonly event: Promise<StoreEvent>;
  /** Whether the object before the event is converted, too. */
  readonly isWhole: boolean;
  characters: number;
}

/**
 * The last events of a resource as one version serves them, for all of its watches: the webhook is asked about each event once,
 * and its line is made once.
 */
class SharedEvents {
  readonly #definition: ResourceDefinition;
  readonly #kept = new Map<number, Kept>();
  #characters = 0;

  constructor(definition: ResourceDefinition) {
    this.#definition = definition;
  }

  converted(events: readonly StoreEvent[], whole: boolean): Promise<StoreEvent[]> {
    const missing = events.filter((event) => {
      const kept = this.#kept.get(event.revision);
      return kept === undefined || (whole && !kept.isWhole && event.previousJson !== undefined);
    });
    const all = this.#convert(missing, whole);
    missing.forEach((event, index) => {
      this.#keep(event.revision, { event: at(all, index), isWhole: whole, characters: 0 });
    });
    const result = Promise.all(
      events.map((event) => this.#kept.get(event.revision)?.event ?? Promise.resolve(event)),
    );
    this.#forget();
    return result;
  }

  #keep(revision: number, kept: Kept): void {
    const former = this.#kept.get(revision);
    if (former !== undefined) this.#drop(revision, former);
    this.#kept.set(revision, kept);
    kept.event.then(
      ({ json, previousJson = '' }) => {
        if (this.#kept.get(revision) !== kept) return;
        kept.characters = json.length + previousJson.length;
        this.#characters += kept.characters;
        this.#forget();
      },
      // Told to whom asked; the next one asks again.
      () => {
        if (this.#kept.get(revision) === kept) this.#drop(revision, kept);
      },
    );
  }

  #forget(): void {
    for (const [revision, kept] of this.#kept) {
      if (this.#kept.size <= MOST_EVENTS && this.#characters <= MOST_CHARACTERS) return;
      this.#drop(revision, kept);
    }
  }

  #drop(revision: number, { characters }: Kept): void {
    this.#kept.delete(revision);
    this.#characters -= characters;
  }

  async #convert(events: readonly StoreEvent[], whole: boolean): Promise<StoreEvent[]> {
    const states = events.flatMap((event): StoredObject[] => {
      const { revision, object, json, previous, previousJson = '' } = event;
      const key = plainKey(event);
      const after = { ...key, revision, object, json };
      return whole && previous !== undefined
        ? [after, { ...key, revision, object: previous, json: previousJson }]
        : [after];
    });
    const converted = (await servedAll(this.#definition, states))[Symbol.iterator]();
    return events.map((event) => {
      const after = converted.next().value;
      const before = whole && event.previousJson !== undefined ? converted.next().value : undefined;
      return new StoreEvent(event, event.revision, event.type, after ?? event, before);
    });
  }
}

async function at(events: Promise<readonly StoreEvent[]>, index: number): Promise<StoreEvent> {
  const event = (await events)[index];
  if (event === undefined) throw new TypeError(`there is no event ${index}`);
  return event;
}

/** A definition is another one when its webhook or its schema changes, and what was converted before is forgotten with it. */
const byDefinition = new WeakMap<ResourceDefinition, SharedEvents>();

/**
 * Events with their objects as a version serves them.
 * @param whole whether what the objects were before is wanted, too; only selectors ask for that.
 * @throws ApiServerError 500 when the conversion webhook fails
 */
export function servedEvents(
  definition: ResourceDefinition,
  events: readonly StoreEvent[],
  whole: boolean,
): Promise<StoreEvent[]> {
  const shared = byDefinition.get(definition) ?? new SharedEvents(definition);
  byDefinition.set(definition, shared);
  return shared.converted(events, whole);
}
