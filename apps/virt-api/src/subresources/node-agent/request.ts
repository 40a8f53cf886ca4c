import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { ApiServerError, type ApiServerErrorCode } from '@virtkit/apiserver';
import type { ClientTlsOptions } from '@virtkit/program';

/** Longest that a node agent may take to answer, in milliseconds. */
const answerTimeout = 70_000;

export interface Answer {
  readonly contentType: string;
  readonly body: Buffer;
}

/** What a node agent is asked. */
export interface AgentRequest {
  readonly method: 'GET' | 'PUT';
  readonly url: URL;
  /** Sent as JSON. */
  readonly body?: object | undefined;
}

/** Asks a node agent. @throws ApiServerError with the agent's own words and what its status stands for */
export async function askNodeAgent(
  asked: AgentRequest,
  tls: ClientTlsOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const response = await send(asked, tls, signal);
  const body = await read(response);
  const status = response.statusCode ?? 0;
  if (status >= 300) throw agentError(status, body.toString('utf8'));
  return { contentType: response.headers['content-type'] ?? 'application/octet-stream', body };
}

function send(
  { method, url, body }: AgentRequest,
  tls: ClientTlsOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(answerTimeout)]);
    // A connection of its own each time: operations are rare, and agents come and go.
    const call = request(url, { ...tls, method, agent: false, signal: limit }, resolve);
    call.once('error', (cause) => reject(unreachable(cause)));
    if (body === undefined) call.end();
    else call.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
}

async function read(response: IncomingMessage): Promise<Buffer> {
  try {
    return await buffer(response);
  } catch (cause) {
    throw unreachable(cause);
  }
}

/** 503: nobody answered as an agent should. */
export function unreachable(cause: unknown): ApiServerError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ApiServerError('ServiceUnavailable', `virt-handler cannot be reached: ${why}`, { cause });
}

const codes: Readonly<Record<number, ApiServerErrorCode>> = {
  400: 'BadRequest',
  404: 'NotFound',
  409: 'Conflict',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** An agent's refusal. What concerns virt-api alone (its certificate) is an internal error to the client. */
export function agentError(status: number, text: string): ApiServerError {
  const words = text.trim() === '' ? `status ${status}` : text.trim();
  return new ApiServerError(codes[status] ?? 'InternalError', `virt-handler: ${words}`);
}
