import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { membersOf, stringOf } from '../object/json.ts';
import { transportFailure } from './transport-failure.ts';
import type { ServiceResolver, WebhookClientConfig } from './types.ts';

/** One call of a webhook. */
export interface WebhookCall {
  readonly config: WebhookClientConfig;
  /** Sent as JSON. */
  readonly body: unknown;
  readonly timeoutSeconds: number;
  /** Ends the call with the request that it is part of. */
  readonly signal?: AbortSignal;
}

/** Certificates of authorities differ, so do connections; more than this many kinds are not kept open. */
const MAX_AGENTS = 30;
/** An answer that goes on after this many bytes is cut off. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const DEFAULT_PORT = 443;
const SHOWN_BYTES = 1024;

/** Where a call goes. */
interface Destination {
  readonly url: URL;
  readonly connect: { host: string; port: number };
  readonly servername: string;
  readonly ca: string | undefined;
}

/** Calls webhooks over HTTPS: with a limit on time and size, without following redirects. */
export class WebhookClient implements Disposable {
  readonly #agents = new Map<string, Agent>();
  readonly #resolve: ServiceResolver;

  constructor(resolve: ServiceResolver) {
    this.#resolve = resolve;
  }

  /**
   * Posts JSON and returns the JSON of the answer.
   * @throws Error that says in one line what went wrong: connection, certificate, time, HTTP status, no JSON
   */
  async post({ config, body, timeoutSeconds, signal }: WebhookCall): Promise<unknown> {
    const limit = AbortSignal.timeout(timeoutSeconds * 1000);
    const bound = signal === undefined ? limit : AbortSignal.any([limit, signal]);
    const destination = await this.#destination(config, timeoutSeconds);
    const payload = Buffer.from(JSON.stringify(body));
    const answer = await this.#send(destination, payload, bound).catch((error: unknown) => {
      throw new Error(
        `Post ${JSON.stringify(destination.url.href)}: ${transportFailure(bound.aborted ? bound.reason : error, destination.connect)}`,
        { cause: error },
      );
    });
    return parsed(answer.status, answer.text);
  }

  async #destination(config: WebhookClientConfig, timeoutSeconds: number): Promise<Destination> {
    const ca =
      config.caBundle === undefined || config.caBundle === ''
        ? undefined
        : Buffer.from(config.caBundle, 'base64').toString('utf8');
    const { service } = config;
    if (service === undefined) {
      const url = new URL(config.url ?? '');
      url.searchParams.set('timeout', `${timeoutSeconds}s`);
      const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
      const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
      return { url, connect: { host, port }, servername: isIP(host) === 0 ? host : '', ca };
    }
    const { namespace, name, path = '/', port = DEFAULT_PORT } = service;
    const servername = `${name}.${namespace}.svc`;
    const url = new URL(path, `https://${servername}:${port}`);
    url.searchParams.set('timeout', `${timeoutSeconds}s`);
    const connect = await this.#resolve({ namespace, name, port });
    return { url, connect, servername, ca };
  }

  async #send(
    destination: Destination,
    payload: Buffer,
    signal: AbortSignal,
  ): Promise<{ status: number; text: string }> {
    for (;;) {
      const { response, error, reused } = await this.#exchange(destination, payload, signal);
      if (response !== undefined)
        return { status: response.statusCode ?? 0, text: await readBounded(response, signal) };
      // The server may close an idle connection in the moment in which it is used again.
      if (!reused || !isReset(error)) throw error;
    }
  }

  #exchange(
    { url, connect, servername, ca }: Destination,
    payload: Buffer,
    signal: AbortSignal,
  ): Promise<{ response?: IncomingMessage; error?: unknown; reused: boolean }> {
    const options: RequestOptions = {
      method: 'POST',
      host: connect.host,
      port: connect.port,
      path: `${url.pathname}${url.search}`,
      servername,
      agent: this.#agent(ca),
      signal,
      headers: {
        host: url.host,
        'content-type': 'application/json',
        accept: 'application/json, */*',
        'content-length': payload.length,
        'user-agent': 'kube-apiserver-admission',
      },
    };
    return new Promise((resolve, reject) => {
      try {
        const outgoing = httpsRequest(options, (response) => resolve({ response, reused: false }));
        outgoing.once('error', (error) => resolve({ error, reused: outgoing.reusedSocket }));
        outgoing.end(payload);
      } catch (error) {
        // Certificates that cannot be read are only noticed here.
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  #agent(ca: string | undefined): Agent {
    const key = ca ?? '';
    const kept = this.#agents.get(key);
    if (kept !== undefined) return kept;
    const [oldest] = this.#agents.keys();
    if (this.#agents.size >= MAX_AGENTS && oldest !== undefined) {
      this.#agents.get(oldest)?.destroy();
      this.#agents.delete(oldest);
    }
    const agent = new Agent({ keepAlive: true, ...(ca !== undefined && { ca }) });
    this.#agents.set(key, agent);
    return agent;
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}

function isReset(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

async function readBounded(response: IncomingMessage, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      response.destroy();
      throw new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  signal.throwIfAborted();
  return Buffer.concat(chunks).toString('utf8');
}

/** Statuses of which the text of the answer says more. */
const SAID_BY_SERVER = new Set([403, 406, 415]);
const STATUS_TEXTS: Record<number, string> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

function parsed(status: number, text: string): unknown {
  if (status < 200 || status >= 300)
    throw new Error(
      statusMessage(text) ??
        STATUS_TEXTS[status] ??
        (SAID_BY_SERVER.has(status) ? text.trim() : undefined) ??
        (status >= 500
          ? `an error on the server (${JSON.stringify(shown(text))}) has prevented the request from succeeding`
          : `the server responded with the status code ${status} but did not return more information`),
    );
  if (text === '')
    throw new Error(`0-length response with status code: ${status} and content type: application/json`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`the answer is not JSON: ${JSON.stringify(shown(text))}`, { cause: error });
  }
}

/** The message of an error that is told as a Status. */
function statusMessage(text: string): string | undefined {
  try {
    const { kind, apiVersion, status, message } = membersOf(JSON.parse(text));
    const told = kind === 'Status' && apiVersion === 'v1' && status !== 'Success';
    return told ? stringOf(message) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function shown(text: string): string {
  return text.slice(0, SHOWN_BYTES).trim();
}
