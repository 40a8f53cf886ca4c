// Events tell people what happened; they are best effort and must never cost more than they are worth:
//  - an event that repeats is counted up on the first one instead of being written anew,
//  - ten different messages of one reason within ten minutes become one "combined" event,
//  - each object has a budget: 25 events, refilled by one every five minutes,
//  - Normal events wait a moment, so that they do not compete with the work that they tell of.
import { resources, type CoreEvent, type KubernetesObject } from '@virtkit/core-types';
import { systemClock, timestamp, type Clock, type Timer } from './clock.ts';
import { errorCode, errorMessage } from './errors.ts';
import { silentLogger, type Logger } from './log.ts';
import type { ClientSet, ObjectClient } from './object-client.ts';
import { keyFor } from './object-key.ts';

/** What an event says; events of one object with the same three values are counted, not repeated. */
export interface ObjectEventFacts {
  readonly type: 'Normal' | 'Warning';
  /** One CamelCase word for programs. */
  readonly reason: string;
  /** For people. */
  readonly message: string;
}

/** Kind of the object that an event is about. */
export interface EventSubjectType {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * Tells people what happened to objects. Best effort: at most 25 events at once for an object, then one in five
 * minutes.
 */
export interface EventRecorder extends AsyncDisposable {
  /** Notes that something happened to an object. Returns at once; the write follows and its failure is only logged. */
  record(object: KubernetesObject, type: EventSubjectType, event: ObjectEventFacts): void;
  /** Writes everything that waits. */
  flush(): Promise<void>;
}

/** Where events are written and in whose name. */
export interface EventRecorderOptions {
  readonly client: ClientSet;
  /** Who reports, for example `virtualmachine-controller`. */
  readonly component: string;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Milliseconds that Normal events wait; default 5000. Warnings do not wait. */
  readonly normalDelayMs?: number;
}

/** Makes a recorder of core/v1 Events. Disposing it writes what waits. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  return new CoreEventRecorder(options);
}

const burst = 25;
const refillMs = 5 * 60_000;
const similarLimit = 10;
const similarWindowMs = 10 * 60_000;
// Bounds the memory for subjects that are long gone.
const rememberedSubjects = 4096;

interface Pending {
  readonly event: CoreEvent;
  count: number;
}

interface Subject {
  tokens: number;
  refilledAt: number;
  /** Per reason: distinct messages and since when they are counted. */
  readonly similar: Map<string, { since: number; messages: Set<string> }>;
  /** Events written before, by what makes them equal. */
  readonly written: Map<string, { name: string; count: number }>;
}

class CoreEventRecorder implements EventRecorder {
  readonly #events: ObjectClient<CoreEvent>;
  readonly #component: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #normalDelayMs: number;
  readonly #subjects = new Map<string, Subject>();
  readonly #pending = new Map<string, Pending>();
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();
  #sequence = 0;

  constructor(options: EventRecorderOptions) {
    this.#events = options.client.resource(resources.events);
    this.#component = options.component;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#normalDelayMs = options.normalDelayMs ?? 5_000;
  }

  record(object: KubernetesObject, type: EventSubjectType, facts: ObjectEventFacts): void {
    const uid =
      object.metadata.uid ?? `${type.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`;
    const subject = this.#subject(uid);
    if (!this.#spend(subject)) return;
    const message = this.#combine(subject, facts);
    const identity = JSON.stringify([uid, facts.type, facts.reason, message]);
    const waiting = this.#pending.get(identity);
    if (waiting !== undefined) waiting.count++;
    else this.#pending.set(identity, { event: this.#event(object, type, { ...facts, message }), count: 1 });
    if (facts.type === 'Warning' || this.#normalDelayMs === 0) this.#write();
    else this.#timer ??= this.#clock.schedule(() => this.#write(), this.#normalDelayMs);
  }

  async flush(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
  }

  #subject(uid: string): Subject {
    const known = this.#subjects.get(uid);
    // Re-inserting keeps the map in order of use.
    this.#subjects.delete(uid);
    const subject = known ?? {
      tokens: burst,
      refilledAt: this.#clock.now(),
      similar: new Map<string, { since: number; messages: Set<string> }>(),
      written: new Map<string, { name: string; count: number }>(),
    };
    this.#subjects.set(uid, subject);
    if (this.#subjects.size > rememberedSubjects) {
      for (const oldest of this.#subjects.keys()) {
        this.#subjects.delete(oldest);
        break;
      }
    }
    return subject;
  }

  #spend(subject: Subject): boolean {
    const earned = Math.floor((this.#clock.now() - subject.refilledAt) / refillMs);
    subject.tokens = Math.min(burst, subject.tokens + earned);
    subject.refilledAt += earned * refillMs;
    if (subject.tokens === 0) return false;
    subject.tokens--;
    return true;
  }

  #combine(subject: Subject, { type, reason, message }: ObjectEventFacts): string {
    const now = this.#clock.now();
    const key = `${type} ${reason}`;
    let similar = subject.similar.get(key);
    if (similar === undefined || now - similar.since > similarWindowMs) {
      similar = { since: now, messages: new Set() };
      subject.similar.set(key, similar);
    }
    similar.messages.add(message);
    return similar.messages.size >= similarLimit ? `(several similar events) ${reason}` : message;
  }

  #event(object: KubernetesObject, type: EventSubjectType, facts: ObjectEventFacts): CoreEvent {
    const { name = '', namespace = 'default', uid, resourceVersion } = object.metadata;
    const now = timestamp(this.#clock);
    const unique = `${this.#clock.now().toString(16)}${(this.#sequence++).toString(16).padStart(4, '0')}`;
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${unique}`, namespace },
      involvedObject: { ...type, name, namespace: object.metadata.namespace, uid, resourceVersion },
      ...facts,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component: this.#component },
      reportingComponent: this.#component,
      reportingInstance: '',
    };
  }

  #write(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const batch = [...this.#pending];
    this.#pending.clear();
    this.#writing = this.#writing.then(async () => {
      for (const [identity, pending] of batch) await this.#writeOne(identity, pending);
    });
  }

  async #writeOne(identity: string, { event, count }: Pending): Promise<void> {
    const uid = event.involvedObject.uid ?? '';
    const written = this.#subjects.get(uid)?.written;
    const before = written?.get(identity);
    const { namespace } = event.metadata;
    try {
      if (before !== undefined) {
        const total = before.count + count;
        const body = { count: total, lastTimestamp: event.lastTimestamp };
        try {
          await this.#events.patch(before.name, { type: 'merge', body }, { namespace });
          before.count = total;
          return;
        } catch (error) {
          // The server keeps events only for a while; then this one is written anew.
          if (errorCode(error) !== 'not-found') throw error;
        }
      }
      const created = await this.#events.create({ ...event, count }, { namespace });
      written?.set(identity, { name: created.metadata.name ?? '', count });
    } catch (error) {
      const { namespace: of, name = '' } = event.involvedObject;
      const fields = { key: keyFor(of, name), reason: event.reason, error: errorMessage(error) };
      this.#logger.debug('an event was not written', fields);
    }
  }
}
