import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { Endpoint } from './endpoint.ts';

/** What a request sends. */
interface Call {
  method: string;
  path: string;
  body?: unknown;
  type?: string;
  /** Milliseconds until the client gives up; never when absent. */
  timeoutMs?: number;
}

/** An answer. */
export interface Answer {
  status: number;
  body: unknown;
}

/** No answer came. `sent` is false if the server cannot have seen the request. */
export class NoAnswer extends Error {
  readonly sent: boolean;

  constructor(sent: boolean, cause: unknown) {
    super('no answer', { cause });
    this.sent = sent;
  }
}

/** The connections of all clients of a history, so that they can be cut. */
export class Connections implements Disposable {
  readonly #endpoint: Endpoint;
  readonly #requests = new Set<ClientRequest>();
  #agent: Agent | undefined;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** @throws NoAnswer */
  async call(call: Call): Promise<Answer> {
    const response = await this.open(call);
    const body = await new Promise<string>((resolve, reject) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      response.once('error', (error) => reject(new NoAnswer(true, error)));
      // However it ends: after the end this changes nothing.
      response.once('close', () => reject(new NoAnswer(true, new Error('the connection ended too early'))));
      if (response.closed) reject(new NoAnswer(true, new Error('the connection ended at once')));
    });
    return { status: response.statusCode ?? 0, body: JSON.parse(body) };
  }

  /** The response with its body still to be read. @throws NoAnswer */
  async open({ method, path, body, type, timeoutMs }: Call): Promise<IncomingMessage> {
    const { url, ca, token } = await this.#endpoint.address;
    this.#agent ??= new Agent({ ca, keepAlive: true });
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const outgoing = request(`${url}${path}`, {
      method,
      agent: this.#agent,
      headers: {
        authorization: `Bearer ${token}`,
        ...(payload !== undefined && {
          'content-type': type ?? 'application/json',
          'content-length': Buffer.byteLength(payload),
        }),
      },
    });
    this.#requests.add(outgoing);
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => outgoing.destroy(new Error('the client gave up')), timeoutMs);
    outgoing.once('close', () => {
      clearTimeout(timer);
      this.#requests.delete(outgoing);
    });
    return new Promise((resolve, reject) => {
      outgoing.once('response', resolve);
      outgoing.on('error', (error: NodeJS.ErrnoException) =>
        reject(new NoAnswer(error.code !== 'ECONNREFUSED', error)),
      );
      outgoing.once('close', () =>
        reject(new NoAnswer(true, new Error('the connection ended without an answer'))),
      );
      outgoing.end(payload);
    });
  }

  /** Cuts those connections that `chosen` says, and the idle ones. @returns how many were in use. */
  cut(chosen: () => boolean): number {
    const cut = [...this.#requests].filter(() => chosen());
    for (const outgoing of cut) outgoing.destroy(new Error('the connection was cut'));
    this.#agent?.destroy();
    this.#agent = undefined;
    return cut.length;
  }

  [Symbol.dispose](): void {
    this.cut(() => true);
  }
}
