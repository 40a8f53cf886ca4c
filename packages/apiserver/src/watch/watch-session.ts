import { ApiServerError, toApiServerError } from '../errors.ts';
import type { Matcher } from '../registry/list.ts';
import type { KubeObject } from '../object/types.ts';
import { fromStorage, type ResourceDefinition } from '../registry/definition.ts';
import type { StoreEvent } from '../storage/records.ts';
import type { Store } from '../storage/store.ts';
import { encodeEvent, watchLine, type ObjectFormat } from './watch-encoder.ts';
import type { WatchHub, WatchSubscriber } from './watch-hub.ts';

/** Where a watch writes to. */
export interface WatchSink {
  /** Writes a line; false means that the reader is slow and {@link WatchSession.resume} will be called when it caught up. */
  write(line: Buffer): boolean;
  end(): void;
}

/** What a watch watches, and how it is written. */
export interface WatchTarget {
  readonly definition: ResourceDefinition;
  readonly matcher: Matcher;
  readonly format: ObjectFormat;
}

const PAGE = 256;

/**
 * One watch:
 *
 *   replaying --(log read to its end)--> live --(reader slow)--> paused --(resume)--> replaying
 *       any --(history compacted | resource removed | end())--> ended
 *
 * It always knows the revision up to which it has delivered. While it replays it reads the event log page by page, live it
 * gets events as they are committed; both happen in the same turn of the event loop as the switch between them, so that
 * no event is missed or sent twice. A slow reader costs no memory: events stay in the log until it reads again.
 */
export class WatchSession implements WatchSubscriber {
  readonly #store: Store;
  readonly #target: WatchTarget;
  readonly #sink: WatchSink;
  readonly #unsubscribe: () => void;
  #state: 'replaying' | 'live' | 'paused' | 'ended' = 'paused';
  #position: number;

  constructor(store: Store, hub: WatchHub, target: WatchTarget, sink: WatchSink) {
    this.#store = store;
    this.#target = target;
    this.#sink = sink;
    this.#position = store.revision;
    this.#unsubscribe = hub.subscribe(target.definition.storage, this);
  }

  /** Starts with the present objects as `ADDED`, then goes on with what happens next. */
  startWithPresent(): void {
    const { definition, matcher, format } = this.#target;
    for (const stored of this.#store.list(definition.storage)) {
      if (!matcher.matchesKey(stored) || (!matcher.keyOnly && !matcher.matchesObject(stored.object)))
        continue;
      const served = fromStorage(definition, stored.object);
      this.#sink.write(
        watchLine('ADDED', format.encode(served, served === stored.object ? stored.json : undefined)),
      );
    }
    this.#position = this.#store.revision;
    this.#state = 'live';
  }

  /** Starts after a revision. @throws ApiServerError `Expired` if history since then is incomplete. */
  startAfter(revision: number): void {
    this.#store.assertRevision(revision);
    this.#position = revision;
    this.#replay();
  }

  /** Goes on after the reader has caught up. */
  resume(): void {
    if (this.#state === 'paused') this.#replay();
  }

  onEvents(events: readonly StoreEvent[]): void {
    if (this.#state !== 'live') return;
    for (const event of events) if (!this.#deliver(event)) return;
  }

  onResourceRemoved(): void {
    this.end();
  }

  /** Writes a bookmark if everything up to the present revision has been delivered. */
  bookmark(annotations?: Record<string, string>): void {
    if (this.#state !== 'live') return;
    const { definition } = this.#target;
    const object: KubeObject = {
      kind: definition.kind,
      apiVersion: definition.group === '' ? definition.version : `${definition.group}/${definition.version}`,
      metadata: {
        resourceVersion: String(this.#store.revision),
        ...(annotations !== undefined && { annotations }),
      },
    };
    this.#sink.write(watchLine('BOOKMARK', this.#target.format.encodeBookmark(object)));
  }

  /** Ends the watch in an orderly way. Idempotent. */
  end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#unsubscribe();
    this.#sink.end();
  }

  #replay(): void {
    this.#state = 'replaying';
    try {
      for (;;) {
        const events = this.#store.eventsAfter(this.#position, this.#target.definition.storage, PAGE);
        if (events.length === 0) break;
        for (const event of events) if (!this.#deliver(event)) return;
      }
      this.#position = this.#store.revision;
      this.#state = 'live';
    } catch (error) {
      if (!(error instanceof ApiServerError)) throw error;
      this.#fail(error);
    }
  }

  /** Returns false when delivery must stop. */
  #deliver(event: StoreEvent): boolean {
    if (event.revision <= this.#position) return true;
    this.#position = event.revision;
    const line = encodeEvent(this.#target.definition, this.#target.format, this.#target.matcher, event);
    if (line === undefined || this.#sink.write(line)) return true;
    this.#state = 'paused';
    return false;
  }

  #fail(error: unknown): void {
    this.#sink.write(watchLine('ERROR', JSON.stringify(toApiServerError(error).toStatus())));
    this.end();
  }
}
