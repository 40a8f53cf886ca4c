import type { MachineEvent } from '@virtkit/hal';
import type { Connection, DomainEvent, DomainEventKind } from './native/index.ts';

/** A listener that does not read keeps this many events; then they are replaced by one `resync`. */
const queueLimit = 256;

const kinds: readonly DomainEventKind[] = [
  'lifecycle',
  'reboot',
  'io-error',
  'watchdog',
  'agent',
  'device-added',
  'device-removed',
  'device-removal-failed',
];

interface Listener {
  queue: MachineEvent[];
  wake: (() => void) | undefined;
}

/** Turns libvirt's events into hints and hands them to any number of listeners. */
export class EventHub {
  readonly #listeners = new Set<Listener>();
  readonly #onEvent: (event: MachineEvent) => void;
  #closed = false;

  /** @param onEvent is told of every event before the listeners are */
  constructor(onEvent: (event: MachineEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** Subscribes to a connection; `idOf` maps a domain name to a machine id, undefined for domains that are not ours. */
  async attach(connection: Connection, idOf: (name: string) => string | undefined): Promise<void> {
    await connection.onDomainEvent(kinds, (event) => {
      const id = idOf(event.domain.name);
      if (id !== undefined) this.emit(toMachineEvent(event, id));
    });
  }

  emit(event: MachineEvent): void {
    this.#onEvent(event);
    for (const listener of this.#listeners) {
      if (listener.queue.length >= queueLimit) listener.queue = [{ kind: 'resync' }];
      else listener.queue.push(event);
      listener.wake?.();
    }
  }

  close(): void {
    this.#closed = true;
    for (const listener of this.#listeners) listener.wake?.();
  }

  /** Registers at once, so that nothing between this call and the first read is missed. */
  listen(signal?: AbortSignal): AsyncIterable<MachineEvent> {
    const listener: Listener = { queue: [], wake: undefined };
    this.#listeners.add(listener);
    const ended = (): boolean => this.#closed || signal?.aborted === true;
    const leave = (): void => {
      this.#listeners.delete(listener);
      listener.wake?.();
    };
    signal?.addEventListener('abort', leave, { once: true });
    const next = async (): Promise<IteratorResult<MachineEvent, undefined>> => {
      while (listener.queue.length === 0) {
        if (ended()) return { done: true, value: undefined };
        await new Promise<void>((resolve) => (listener.wake = resolve));
      }
      const [event] = listener.queue.splice(0, 1);
      return event === undefined || signal?.aborted === true
        ? { done: true, value: undefined }
        : { done: false, value: event };
    };
    return {
      [Symbol.asyncIterator]: () => ({
        next,
        return: () => {
          signal?.removeEventListener('abort', leave);
          leave();
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
  }
}

function toMachineEvent(event: DomainEvent, id: string): MachineEvent {
  switch (event.kind) {
    case 'lifecycle':
      return event.event === 'crashed' && event.detail === 'panicked'
        ? { kind: 'guest-panicked', id }
        : { kind: 'state', id };
    case 'reboot':
      return { kind: 'guest-reboot', id };
    case 'io-error':
      return { kind: 'io-error', id };
    case 'watchdog':
      return { kind: 'watchdog', id };
    case 'agent':
      return { kind: 'guest-agent', id, connected: event.state === 1 };
    case 'device-added':
    case 'device-removed':
    case 'device-removal-failed':
      return { kind: 'devices', id };
    default:
      return { kind: 'state', id };
  }
}
