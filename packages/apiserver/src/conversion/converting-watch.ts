import { ApiServerError, toApiServerError } from '../errors.ts';
import type { KubeObject } from '../object/types.ts';
import { apiVersionOf } from '../object/types.ts';
import type { StoreEvent } from '../storage/records.ts';
import type { Store } from '../storage/store.ts';
import { encodeEvent, watchLine } from '../watch/watch-encoder.ts';
import type { WatchHub, WatchSubscriber } from '../watch/watch-hub.ts';
import type { WatchSink, WatchTarget } from '../watch/watch-session.ts';
import { servedAll } from './remote.ts';
import { servedEvents } from './shared-events.ts';

const PAGE = 256;

/**
 * A watch of a resource whose versions a webhook converts. Everything that it writes passes through one chain of tasks,
 * so that events stay in their order however long a conversion takes. It reads the event log at its own pace: a slow
 * webhook or reader costs no memory.
 */
export class ConvertingWatchSession implements WatchSubscriber {
  readonly #store: Store;
  readonly #target: WatchTarget;
  readonly #sink: WatchSink;
  readonly #unsubscribe: () => void;
  #tasks: Promise<void> = Promise.resolve();
  #pumping = false;
  #ended = false;
  #position: number;
  #drained: (() => void) | undefined;

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
    const present = this.#store.list(definition.storage).filter((stored) => matcher.matchesKey(stored));
    this.#position = this.#store.revision;
    this.#run(async () => {
      for (let start = 0; start < present.length; start += PAGE)
        for (const { object, json } of await servedAll(definition, present.slice(start, start + PAGE)))
          if (matcher.keyOnly || matcher.matchesObject(object))
            await this.#write(watchLine('ADDED', format.encode(object, json)));
    });
    this.#pump();
  }

  /** Starts after a revision. @throws ApiServerError `Expired` if history since then is incomplete. */
  startAfter(revision: number): void {
    this.#store.assertRevision(revision);
    this.#position = revision;
    this.#pump();
  }

  /** Goes on after the reader has caught up. */
  resume(): void {
    this.#drained?.();
  }

  onEvents(): void {
    this.#pump();
  }

  onResourceRemoved(): void {
    this.end();
  }

  /** Writes a bookmark after everything that has happened until now. */
  bookmark(annotations?: Record<string, string>): void {
    this.#pump();
    this.#run(async () => {
      const { definition, format } = this.#target;
      const object: KubeObject = {
        kind: definition.kind,
        apiVersion: apiVersionOf(definition.group, definition.version),
        metadata: {
          resourceVersion: String(this.#position),
          ...(annotations !== undefined && { annotations }),
        },
      };
      await this.#write(watchLine('BOOKMARK', format.encodeBookmark(object)));
    });
  }

  /** Ends the watch in an orderly way. Idempotent. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#unsubscribe();
    this.#drained?.();
    this.#sink.end();
  }

  #run(task: () => Promise<void>): void {
    this.#tasks = this.#tasks.then(async () => {
      if (this.#ended) return;
      try {
        await task();
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  /** Delivers what is in the log, unless that is about to happen anyway. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    this.#run(async () => {
      const { definition } = this.#target;
      for (;;) {
        // Read and found empty in one turn of the event loop: what comes later calls again.
        const events = this.#store.eventsAfter(this.#position, definition.storage, PAGE);
        if (events.length === 0) break;
        for (const event of await this.#converted(events)) await this.#deliver(event);
      }
      this.#position = this.#store.revision;
      this.#pumping = false;
    });
  }

  /** The events with their objects in the served version. */
  async #converted(events: readonly StoreEvent[]): Promise<StoreEvent[]> {
    const { definition, matcher } = this.#target;
    const wanted = events.filter((event) => matcher.matchesKey(event));
    const result = await servedEvents(definition, wanted, !matcher.keyOnly);
    const last = events.at(-1);
    if (result.length === 0 && last !== undefined) this.#position = last.revision;
    return result;
  }

  async #deliver(event: StoreEvent): Promise<void> {
    const { definition, format, matcher } = this.#target;
    this.#position = event.revision;
    const line = encodeEvent(definition, format, matcher, event);
    if (line !== undefined) await this.#write(line);
  }

  async #write(line: Buffer): Promise<void> {
    if (this.#ended || this.#sink.write(line)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#drained = resolve;
    await promise;
    this.#drained = undefined;
  }

  #fail(error: unknown): void {
    const failure = error instanceof ApiServerError ? error : toApiServerError(error);
    this.#sink.write(watchLine('ERROR', JSON.stringify(failure.toStatus())));
    this.end();
  }
}
