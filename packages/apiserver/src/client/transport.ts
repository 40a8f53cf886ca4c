import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { ApiServerError, errorOfStatus } from '../errors.ts';

/** Where a client connects to, and as whom. */
export interface Endpoint {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
}

/** One request. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
}

/** The connections of a control plane's own clients. */
export class Transport {
  readonly #endpoint: Endpoint;
  readonly #agent: Agent;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.#agent = new Agent({ keepAlive: true, ca: endpoint.ca });
  }

  /** Sends a request and reads the whole answer. @throws ApiServerError */
  async json(call: Call): Promise<unknown> {
    const response = await this.stream(call);
    return parse(await textOf(response));
  }

  /** Sends a request. @throws ApiServerError unless the answer is a success */
  async stream({ method, path, query = {}, body, contentType, signal }: Call): Promise<IncomingMessage> {
    const { url, token } = this.#endpoint;
    const target = new URL(path, url);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) target.searchParams.set(name, value);
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = request(target, {
        method,
        agent: this.#agent,
        signal,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          ...(payload !== undefined && {
            'content-type': contentType ?? 'application/json',
            'content-length': payload.length,
          }),
        },
      });
      outgoing.once('response', resolve);
      outgoing.once('error', (error) => reject(unreachable(error, signal)));
      outgoing.end(payload);
    });
    const { statusCode = 0 } = response;
    if (statusCode < 300) return response;
    throw errorOfStatus(parse(await textOf(response)), statusCode);
  }

  close(): void {
    this.#agent.destroy();
  }
}

function unreachable(error: Error, signal: AbortSignal | undefined): Error {
  if (signal?.aborted === true) return signal.reason as Error;
  return new ApiServerError('ServiceUnavailable', `the control plane does not answer: ${error.message}`, {
    cause: error,
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** @throws ApiServerError `InternalError` for what is not JSON, which the server does not send */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiServerError('InternalError', 'the answer of the control plane is not JSON', {
      cause: error,
    });
  }
}
