import { request, Agent } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import type { ControlPlane, ObjectMeta, OwnerReference } from '../../src/index.ts';

/** What the tests look at of an object, a list, a Status or a discovery document. */
interface Wire {
  kind: string;
  apiVersion: string;
  metadata: ObjectMeta & {
    name: string;
    uid: string;
    ownerReferences: OwnerReference[];
    continue?: string;
    remainingItemCount?: number;
  };
  spec: Record<string, unknown>;
  status: Record<string, unknown>;
  data?: Record<string, string>;
  items: Wire[];
  resources: { name: string }[];
  columnDefinitions: { name: string }[];
  rows: { cells: unknown[] }[];
  details: { causes: { field: string; reason: string }[] };
  [member: string]: unknown;
}

export interface Reply {
  status: number;
  headers: IncomingMessage['headers'];
  body: Wire;
}

export interface CallOptions {
  body?: unknown;
  type?: string;
  token?: string;
  accept?: string;
  headers?: Record<string, string | string[]>;
}

/** One watch event as it came over the wire. */
export interface WireEvent {
  type: string;
  object: Wire;
}

/** Talks to a control plane as any HTTP client would. */
export class Client implements AsyncDisposable {
  readonly #plane: Pick<ControlPlane, 'url' | 'ca' | 'token'>;
  readonly #agent: Agent;

  /** @param identity a client certificate */
  constructor(plane: Pick<ControlPlane, 'url' | 'ca' | 'token'>, identity?: { cert: string; key: string }) {
    this.#plane = plane;
    this.#agent = new Agent({ ca: plane.ca, keepAlive: true, ...identity });
  }

  async raw(method: string, path: string, options: CallOptions = {}): Promise<IncomingMessage> {
    const { body, type = 'application/json', token = this.#plane.token, accept } = options;
    const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(`${this.#plane.url}${path}`, {
        method,
        agent: this.#agent,
        headers: {
          ...(token !== '' && { authorization: `Bearer ${token}` }),
          ...(payload !== undefined && {
            'content-type': type,
            'content-length': Buffer.byteLength(payload),
          }),
          ...(accept !== undefined && { accept }),
          ...options.headers,
        },
      });
      outgoing.once('response', resolve);
      outgoing.once('error', reject);
      outgoing.end(payload);
    });
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Reply> {
    const response = await this.raw(method, path, options);
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const isJson = (response.headers['content-type'] ?? '').startsWith('application/json');
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : { text }) as Wire,
    };
  }

  get(path: string, options?: CallOptions): Promise<Reply> {
    return this.call('GET', path, options);
  }

  post(path: string, body: unknown, options?: CallOptions): Promise<Reply> {
    return this.call('POST', path, { ...options, body });
  }

  put(path: string, body: unknown, options?: CallOptions): Promise<Reply> {
    return this.call('PUT', path, { ...options, body });
  }

  merge(path: string, body: unknown, options?: CallOptions): Promise<Reply> {
    return this.call('PATCH', path, { ...options, body, type: 'application/merge-patch+json' });
  }

  strategic(path: string, body: unknown, options?: CallOptions): Promise<Reply> {
    return this.call('PATCH', path, { ...options, body, type: 'application/strategic-merge-patch+json' });
  }

  delete(path: string, body?: unknown): Promise<Reply> {
    return this.call('DELETE', path, { body });
  }

  async watch(path: string, options: CallOptions = {}): Promise<Watch> {
    const response = await this.raw('GET', `${path}${path.includes('?') ? '&' : '?'}watch=true`, options);
    return new Watch(response);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
  }
}

/** The events of one watch. */
export class Watch implements AsyncDisposable {
  readonly status: number;
  readonly #response: IncomingMessage;
  readonly #events: AsyncIterator<string>;

  constructor(response: IncomingMessage) {
    this.status = response.statusCode ?? 0;
    this.#response = response;
    this.#events = createInterface({ input: response })[Symbol.asyncIterator]();
  }

  /** The next event, or undefined at the end of the stream. */
  async next(): Promise<WireEvent | undefined> {
    const { value, done } = await this.#events.next();
    return done === true ? undefined : (JSON.parse(value) as WireEvent);
  }

  async take(count: number): Promise<WireEvent[]> {
    const events: WireEvent[] = [];
    while (events.length < count) {
      const event = await this.next();
      if (event === undefined) break;
      events.push(event);
    }
    return events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#response.destroy();
  }
}

/** Polls until the condition holds. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  ms = 10_000,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
