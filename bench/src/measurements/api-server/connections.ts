import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { BenchError } from '../../errors.ts';

/** As whom a client comes. */
export interface Identity {
  readonly ca: string;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly headers?: OutgoingHttpHeaders;
}

/** A client that does as little as it can, the same for every server: HTTP/1.1, answers are not parsed. */
export class Connections implements Disposable {
  readonly #url: string;
  readonly #identity: Identity;
  readonly #agent: Agent;

  /** @param most connections at the same time */
  constructor(url: string, identity: Identity, most: number) {
    this.#url = url;
    this.#identity = identity;
    const { headers: _, ...tls } = identity;
    this.#agent = new Agent({ ...tls, keepAlive: true, maxSockets: most });
  }

  /** Sends a request and reads the answer to its end. @returns its size @throws BenchError unless it succeeds */
  async send(method: string, path: string, body?: string, type = 'application/json'): Promise<number> {
    const response = await this.open(method, path, body, type);
    let size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) size += chunk.length;
    return size;
  }

  /** Sends a request; the answer is read by the caller. */
  async open(method: string, path: string, body?: string, type?: string): Promise<IncomingMessage> {
    const outgoing = request(new URL(path, this.#url), {
      method,
      agent: this.#agent,
      headers: {
        ...this.#identity.headers,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
      },
    });
    outgoing.end(body);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const { statusCode = 0 } = response;
    if (statusCode >= 200 && statusCode < 300) return response;
    let text = '';
    for await (const chunk of response as AsyncIterable<Buffer>) text += chunk.toString();
    throw new BenchError('platform-failed', `${method} ${path}: ${statusCode} ${text.slice(0, 300)}`);
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
