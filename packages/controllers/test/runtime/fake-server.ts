import type { KubernetesObject } from '@virtkit/core-types';
import type { ObjectEvent, ObjectPage, ObjectSource } from '../../src/runtime/index.ts';

export interface Thing extends KubernetesObject {
  value: number;
}

class ServerError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

interface Connection {
  push(event: ObjectEvent<Thing>): void;
  end(error?: Error): void;
}

/** A server with one kind, a version counter and a history that can be compacted. */
export class FakeServer implements ObjectSource<Thing> {
  readonly objects = new Map<string, Thing>();
  readonly #history: { version: number; event: ObjectEvent<Thing> }[] = [];
  readonly #connections = new Set<Connection>();
  #version = 1;
  #oldest = 0;
  #nextUid = 1;
  /** Answers to the next requests. */
  readonly failures: string[] = [];
  lists = 0;
  watches: string[] = [];

  get version(): number {
    return this.#version;
  }

  get connections(): number {
    return this.#connections.size;
  }

  set(name: string, value: number): void {
    const existing = this.objects.get(name);
    const version = ++this.#version;
    const object: Thing = {
      metadata: {
        name,
        namespace: 'default',
        uid: existing?.metadata.uid ?? `uid-${this.#nextUid++}`,
        resourceVersion: String(version),
      },
      value,
    };
    this.objects.set(name, object);
    this.#emit({ type: existing === undefined ? 'ADDED' : 'MODIFIED', object });
  }

  remove(name: string): void {
    const object = this.objects.get(name);
    if (object === undefined) return;
    this.objects.delete(name);
    const version = ++this.#version;
    this.#emit({
      type: 'DELETED',
      object: { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } },
    });
  }

  bookmark(): void {
    for (const connection of this.#connections) {
      connection.push({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(this.#version) } } });
    }
  }

  /** Forgets the history: watches from older versions are answered with `gone`. */
  compact(): void {
    this.#oldest = this.#version;
    this.#history.length = 0;
  }

  /** Ends all watches, with an error or as the server does after its time. */
  disconnect(code?: string): void {
    for (const connection of [...this.#connections]) {
      connection.end(code === undefined ? undefined : new ServerError(code));
    }
  }

  async list({ limit, continue: token }: { limit?: number; continue?: string }): Promise<ObjectPage<Thing>> {
    this.lists++;
    this.#fail();
    const all = [...this.objects.values()].sort((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1));
    const [version, after] = token === undefined ? [String(this.#version), ''] : token.split(' ');
    // Pages show one snapshot; this server keeps none, so a change in between expires the token.
    if (version !== String(this.#version)) throw new ServerError('gone');
    const rest = all.filter((object) => object.metadata.name! > after!);
    const items = rest.slice(0, limit ?? rest.length).map((item) => structuredClone(item));
    const more = items.length < rest.length ? `${version} ${items.at(-1)!.metadata.name}` : undefined;
    return { metadata: { resourceVersion: version, continue: more }, items };
  }

  async *watch(options: {
    resourceVersion?: string;
    signal?: AbortSignal;
  }): AsyncIterable<ObjectEvent<Thing>> {
    this.watches.push(options.resourceVersion ?? '');
    this.#fail();
    const since = Number(options.resourceVersion);
    if (since < this.#oldest) throw new ServerError('gone');
    const pending = this.#history.filter(({ version }) => version > since).map(({ event }) => event);
    let wake = Promise.withResolvers<void>();
    let ended: { error?: Error } | undefined;
    const connection: Connection = {
      push: (event) => {
        pending.push(event);
        wake.resolve();
      },
      end: (error) => {
        ended = { error };
        this.#connections.delete(connection);
        wake.resolve();
      },
    };
    this.#connections.add(connection);
    const onAbort = () => connection.end(new ServerError('aborted'));
    options.signal?.addEventListener('abort', onAbort, { once: true });
    try {
      for (;;) {
        // What was sent before the connection broke may be lost with it.
        if (ended?.error !== undefined) throw ended.error;
        const event = pending.shift();
        if (event !== undefined) yield structuredClone(event);
        else if (ended !== undefined) return;
        else {
          await wake.promise;
          wake = Promise.withResolvers<void>();
        }
      }
    } finally {
      this.#connections.delete(connection);
      options.signal?.removeEventListener('abort', onAbort);
    }
  }

  #emit(event: ObjectEvent<Thing>): void {
    this.#history.push({ version: this.#version, event });
    for (const connection of this.#connections) connection.push(event);
  }

  #fail(): void {
    const code = this.failures.shift();
    if (code !== undefined) throw new ServerError(code);
  }
}
