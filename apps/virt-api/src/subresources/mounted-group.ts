import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiServerError, sendJson, type MountedGroup, type MountedRequest } from '@virtkit/apiserver';
import { WebSocketServer, type WebSocket } from 'ws';
import { isKnownButMissing, listed } from './catalogue.ts';
import { requiredInstance, type ObjectName, type SubresourceContext } from './context.ts';
import { consoleProblem, displayProblem, instanceOperations } from './instance-operations.ts';
import { machineOperations } from './machine-operations.ts';
import { endpointOf } from './node-agent/endpoint.ts';
import { joinWebSockets } from './node-agent/join.ts';
import { askNodeAgent } from './node-agent/request.ts';
import { openStream, plainProtocol } from './node-agent/stream.ts';
import { tlsOptions, type TlsOptions } from './node-agent/tls.ts';
import { isDryRun, PlainOptionsSchema, readOptions } from './options.ts';
import { keepAlive } from './port-forward/keep-alive.ts';
import { forwardTarget } from './port-forward/target.ts';
import { dialTcp } from './port-forward/tcp.ts';
import { dialUdp } from './port-forward/udp.ts';
import { answerOf } from './refusal.ts';
import { versionInfo } from './version.ts';

const group = 'subresources.kubevirt.io';
/** Most bytes of one message from a user. */
const longestUserMessage = 1024 * 1024;
/** Longest that a guest's port may take to accept, in milliseconds. */
const dialTimeout = 30_000;

const streamProblems = new Map([
  ['console', consoleProblem],
  ['vnc', displayProblem],
]);

/** A subresource of one object. */
interface Call extends ObjectName {
  readonly resource: string;
  /** Name of the subresource and what follows it, as `vnc/screenshot`. */
  readonly operation: string;
  readonly rest: readonly string[];
}

/** The group `subresources.kubevirt.io` in one of its versions; all versions answer alike. */
export function subresourceGroup(version: 'v1' | 'v1alpha3', context: SubresourceContext): MountedGroup {
  const answers = new Subresources(context);
  return {
    group,
    version,
    resources: listed,
    handle: (request, response, info) => answers.handle(request, response, info),
    upgrade: (request, socket, head, info) => answers.upgrade(request, socket, head, info),
  };
}

class Subresources {
  readonly #context: SubresourceContext;
  readonly #tls: TlsOptions;
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: longestUserMessage,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(plainProtocol) ? plainProtocol : false),
  });

  constructor(context: SubresourceContext) {
    this.#context = context;
    this.#tls = tlsOptions(context.handlerTls);
  }

  async handle(request: IncomingMessage, response: ServerResponse, info: MountedRequest): Promise<void> {
    if (info.namespace === undefined && info.resource === 'version' && request.method === 'GET')
      return sendJson(response, 200, versionInfo);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      await this.#answer(callOf(info), request, response, gone.signal);
    } catch (error) {
      throw answerOf(error);
    }
  }

  async #answer(
    call: Call,
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const client = await this.#context.client();
    const decide = call.resource === 'virtualmachines' ? machineOperations.get(call.operation) : undefined;
    if (decide !== undefined) {
      requireMethod(request, 'PUT', call);
      await decide({ client, target: call, request, signal });
      response.writeHead(202).end();
      return;
    }
    const operation =
      call.resource === 'virtualmachineinstances' ? instanceOperations.get(call.operation) : undefined;
    if (operation === undefined) throw unanswered(call);
    requireMethod(request, operation.method, call);
    const options = await readOptions(request, PlainOptionsSchema);
    const instance = await requiredInstance(client, call, signal);
    const problem = operation.precondition(instance);
    if (problem !== undefined) throw problem;
    const base = await endpointOf(instance, client, signal);
    if (operation.method === 'PUT') {
      if (!isDryRun(options)) await askNodeAgent('PUT', new URL(call.operation, base), this.#tls, signal);
      response.writeHead(200).end();
      return;
    }
    const answer = await askNodeAgent('GET', new URL(call.operation, base), this.#tls, signal);
    response
      .writeHead(200, { 'content-type': answer.contentType, 'content-length': answer.body.length })
      .end(answer.body);
  }

  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, info: MountedRequest): Promise<void> {
    socket.on('error', (error) => this.#context.logger.debug('a stream broke', { error: error.message }));
    try {
      const call = callOf(info);
      const take = (): Promise<WebSocket> => this.#accept(request, socket, head);
      if (isForwarding(info)) await this.#forward(call, info.rest, take);
      else await this.#stream(call, info.query, take);
    } catch (error) {
      throw answerOf(error);
    }
  }

  /** A stream of the machine: the node agent is asked first, so that its refusal can still be told. */
  async #stream(call: Call, query: URLSearchParams, take: () => Promise<WebSocket>): Promise<void> {
    const problemOf =
      call.resource === 'virtualmachineinstances' ? streamProblems.get(call.operation) : undefined;
    if (problemOf === undefined) throw unanswered(call);
    const client = await this.#context.client();
    const instance = await requiredInstance(client, call, AbortSignal.timeout(dialTimeout));
    const problem = problemOf(instance);
    if (problem !== undefined) throw problem;
    const url = new URL(call.operation, await endpointOf(instance, client));
    url.search = query.toString();
    const agent = await openStream(url, this.#tls);
    try {
      joinWebSockets(await take(), agent, this.#context.logger);
    } catch (error) {
      agent.terminate();
      throw error;
    }
  }

  /** A port of the guest, by the name of its instance or of its machine, which are the same. */
  async #forward(call: Call, rest: readonly string[], take: () => Promise<WebSocket>): Promise<void> {
    const client = await this.#context.client();
    const instance = await requiredInstance(client, call, AbortSignal.timeout(dialTimeout));
    const target = forwardTarget(instance, rest);
    const { logger } = this.#context;
    using forwarding =
      target.protocol === 'tcp' ? await dialTcp(target, dialTimeout, logger) : await dialUdp(target, logger);
    const user = await take();
    keepAlive(user);
    await forwarding.join(user);
  }

  /** Upgrades the user's connection. @throws ApiServerError `BadRequest` when the user left or does not shake hands */
  #accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<WebSocket> {
    return new Promise((resolve, reject) => {
      const left = (): void =>
        reject(new ApiServerError('BadRequest', 'the connection ended before the WebSocket was accepted'));
      if (socket.destroyed) return left();
      socket.once('close', left);
      this.#webSockets.handleUpgrade(request, socket, head, (user) => {
        socket.off('close', left);
        user.on('error', (error) => this.#context.logger.debug('a stream broke', { error: error.message }));
        resolve(user);
      });
    });
  }
}

function isForwarding({ resource, subresource }: MountedRequest): boolean {
  return (
    subresource === 'portforward' &&
    (resource === 'virtualmachines' || resource === 'virtualmachineinstances')
  );
}

function callOf({ namespace, resource, name, subresource, rest }: MountedRequest): Call {
  if (namespace === undefined || name === undefined || subresource === undefined)
    throw notServed(subresource === undefined ? resource : `${resource}/${subresource}`);
  return { namespace, name, resource, operation: [subresource, ...rest].join('/'), rest };
}

/** Why a subresource is not answered here: it wants another kind of request, is missing, or does not exist. */
function unanswered({ resource, operation }: Call): ApiServerError {
  const [first = ''] = operation.split('/');
  const isStream =
    (resource === 'virtualmachineinstances' && streamProblems.has(operation)) || first === 'portforward';
  if (isStream) return new ApiServerError('BadRequest', `${resource}/${operation} wants a WebSocket`);
  return notServed(`${resource}/${operation}`);
}

function notServed(name: string): ApiServerError {
  return isKnownButMissing(name)
    ? new ApiServerError('NotImplemented', `${name} is not carried by this version of Virtkit`)
    : new ApiServerError('NotFound', `there is no subresource ${name}`);
}

function requireMethod(request: IncomingMessage, method: string, { resource, operation }: Call): void {
  if (request.method !== method)
    throw new ApiServerError('MethodNotAllowed', `${resource}/${operation} wants ${method}`);
}
