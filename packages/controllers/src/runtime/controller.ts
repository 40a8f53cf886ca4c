import { apiVersionOf, parseApiVersion, type KubernetesObject } from '@virtkit/core-types';
import type { BackoffOptions } from './backoff.ts';
import { systemClock, type Clock } from './clock.ts';
import { errorCode, errorMessage } from './errors.ts';
import { Expectations } from './expectations.ts';
import type { Informer } from './informer.ts';
import { silentLogger, withFields, type Logger } from './log.ts';
import type { RuntimeMetrics } from './metrics.ts';
import { controllerOf, keyFor, parseKey, type ObjectKey } from './object-key.ts';
import type { Change } from './store.ts';
import { WorkQueue } from './work-queue.ts';

/** What is to happen after a pass that went well. */
export type Action = { readonly kind: 'done' } | { readonly kind: 'requeue'; readonly afterMs: number };

/** Nothing to do until something changes. */
export const done: Action = { kind: 'done' };

/** Another pass after this many milliseconds, or earlier when something changes. */
export function requeue(afterMs: number): Action {
  return { kind: 'requeue', afterMs };
}

/** The earlier of two actions. */
export function sooner(a: Action, b: Action): Action {
  if (a.kind === 'done') return b;
  if (b.kind === 'done') return a;
  return a.afterMs <= b.afterMs ? a : b;
}

/** What a pass may use. */
export interface ReconcileContext {
  readonly namespace: string | undefined;
  readonly name: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Says in each line which object it is about. */
  readonly logger: Logger;
  /** To be told of each write whose result the next pass must see; keyed by the reconciled key. */
  readonly expectations: Expectations;
}

/** Objects of another kind whose changes concern this controller. */
export interface Watch {
  readonly informer: Informer<KubernetesObject>;
  /** Calls `enqueue` with each key that needs a pass, until what it returned is disposed. */
  readonly subscribe: (enqueue: (key: ObjectKey) => void) => Disposable;
}

/** Reconciles the keys that `map` names whenever an object of `informer` changes. */
export function watch<T extends KubernetesObject>(
  informer: Informer<T>,
  map: (object: T, change: Change<T>) => Iterable<ObjectKey>,
): Watch {
  return {
    informer,
    subscribe: (enqueue) =>
      informer.listen((change) => {
        for (const key of map(change.object, change)) enqueue(key);
      }),
  };
}

/** What a controller is made of. Defaults: the machine's clock, no log, no metrics, the work queue's back-off. */
export interface ControllerOptions<T extends KubernetesObject> {
  /** Names the queue in metrics and logs. */
  readonly name: string;
  /** The kind that is reconciled; each change of an object is a reason for a pass. */
  readonly resource: Informer<T>;
  /** Kinds whose objects this controller creates: a change concerns the managing owner, and meets its expectations. */
  readonly owns?: readonly Informer<KubernetesObject>[];
  readonly watches?: readonly Watch[];
  /** Brings the world closer to what the object of this key asks for. An error means another pass after a back-off. */
  readonly reconcile: (key: ObjectKey, context: ReconcileContext) => Promise<Action>;
  /** Passes at a time, each for another key; default 3. */
  readonly workers?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly metrics?: RuntimeMetrics;
  readonly backoff?: BackoffOptions;
}

/** A reconciler with its queue and workers. */
export interface Controller {
  readonly name: string;
  /** Asks for a pass now. */
  enqueue(key: ObjectKey): void;
  /** Neither waits, works nor has anything due later. */
  readonly idle: boolean;
  /** Works until the signal aborts, after the first lists of all informers; returns when the last pass has ended. */
  run(options: { signal: AbortSignal }): Promise<void>;
}

/** Composes a controller; nothing happens until `run`. */
export function controller<T extends KubernetesObject>(options: ControllerOptions<T>): Controller {
  return new QueueController(options);
}

class QueueController<T extends KubernetesObject> implements Controller {
  readonly name: string;
  readonly #options: ControllerOptions<T>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #queue: WorkQueue;
  readonly #expectations: Expectations;

  constructor(options: ControllerOptions<T>) {
    this.name = options.name;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#queue = new WorkQueue({
      clock: this.#clock,
      backoff: options.backoff,
      observer: options.metrics?.queue(options.name),
    });
    this.#expectations = new Expectations({ clock: this.#clock });
  }

  get idle(): boolean {
    return this.#queue.idle;
  }

  enqueue(key: ObjectKey): void {
    this.#queue.add(key);
  }

  async run({ signal }: { signal: AbortSignal }): Promise<void> {
    using subscriptions = new DisposableStack();
    for (const subscription of this.#subscribe()) subscriptions.use(subscription);
    if (!(await this.#synced(signal))) return;
    const stopped = Promise.withResolvers<void>();
    const stop = () => stopped.resolve(this.#queue.shutdown());
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    const workers = Array.from({ length: this.#options.workers ?? 3 }, () => this.#work(signal));
    await Promise.all([stopped.promise, ...workers]);
  }

  /** Waits for the first lists; false when the signal came first. */
  async #synced(signal: AbortSignal): Promise<boolean> {
    try {
      await Promise.all(this.#informers().map((informer) => informer.waitForSync({ signal })));
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }

  #informers(): Informer<KubernetesObject>[] {
    const { resource, owns = [], watches = [] } = this.#options;
    return [resource, ...owns, ...watches.map(({ informer }) => informer)];
  }

  #subscribe(): Disposable[] {
    const { resource, owns = [], watches = [] } = this.#options;
    return [
      resource.listen((change) => this.#onPrimary(change)),
      ...owns.map((informer) => informer.listen((change) => this.#onOwned(change))),
      ...watches.map(({ subscribe }) => subscribe((key) => this.enqueue(key))),
    ];
  }

  #onPrimary(change: Change<T>): void {
    if (change.kind === 'deleted') this.#expectations.gone(change.key, change.object);
    else this.#expectations.seen(change.key, change.object);
    this.enqueue(change.key);
  }

  #onOwned(change: Change<KubernetesObject>): void {
    const owners = new Set([this.#ownerKey(change.object)]);
    // An owner that lost a child to another owner must hear of it too.
    if (change.kind === 'updated') owners.add(this.#ownerKey(change.previous));
    for (const owner of owners) {
      if (owner === undefined) continue;
      if (change.kind === 'deleted') this.#expectations.gone(owner, change.object);
      else this.#expectations.seen(owner, change.object);
      this.enqueue(owner);
    }
  }

  #ownerKey(object: KubernetesObject): ObjectKey | undefined {
    const owner = controllerOf(object);
    const { definition } = this.#options.resource;
    if (owner === undefined || owner.kind !== definition.kind) return undefined;
    const { group } = parseApiVersion(owner.apiVersion);
    if (group !== parseApiVersion(apiVersionOf(definition)).group) return undefined;
    return keyFor(definition.namespaced ? object.metadata.namespace : undefined, owner.name);
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      try {
        await this.#pass(key, signal);
      } finally {
        this.#queue.done(key);
      }
    }
  }

  async #pass(key: ObjectKey, signal: AbortSignal): Promise<void> {
    const waitMs = this.#expectations.waitMs(key);
    if (waitMs !== undefined) {
      // The awaited event asks for the pass itself; this is for the event that never comes.
      this.#queue.addAfter(key, waitMs);
      return;
    }
    const { name, namespace } = parseKey(key);
    this.#expectations.beginPass(key);
    try {
      const action = await this.#options.reconcile(key, {
        name,
        namespace,
        signal,
        clock: this.#clock,
        logger: withFields(this.#logger, { controller: this.name, key }),
        expectations: this.#expectations,
      });
      this.#options.metrics?.reconciled(this.name, action.kind, key);
      this.#queue.forget(key);
      if (action.kind === 'requeue') this.#queue.addAfter(key, action.afterMs);
    } catch (error) {
      if (signal.aborted) return;
      this.#failed(key, error);
    } finally {
      this.#expectations.endPass(key);
    }
  }

  #failed(key: ObjectKey, error: unknown): void {
    this.#options.metrics?.reconciled(this.name, 'error', key);
    this.#queue.addRateLimited(key);
    const fields = { controller: this.name, key, code: errorCode(error), error: errorMessage(error) };
    // A conflict only says that somebody else wrote first; the next pass sees what.
    if (fields.code === 'conflict') this.#logger.debug('a pass ran into a newer version', fields);
    else this.#logger.warn('a pass failed', { ...fields, failures: this.#queue.failures(key) });
  }
}
