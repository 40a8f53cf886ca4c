import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiServerError, type MountedGroup, type MountedRequest } from '@virtkit/apiserver';
import { keyFor, withFields, type Logger } from '@virtkit/controllers/runtime';
import type { ClientTlsOptions } from '@virtkit/program';
import { WebSocketServer, type WebSocket } from 'ws';
import { listed } from './catalogue.ts';
import {
  isControlledBy,
  requiredInstance,
  requiredMachine,
  type ObjectName,
  type SubresourceContext,
} from './context.ts';
import { clusterRoutes, namespaceRoutes } from './cluster/routes.ts';
import { instanceRoutes } from './instance-routes.ts';
import { machineRoutes } from './machine-routes.ts';
import { endpointOf } from './node-agent/endpoint.ts';
import { joinWebSockets } from './node-agent/join.ts';
import { askNodeAgent } from './node-agent/request.ts';
import { openStream, plainProtocol } from './node-agent/stream.ts';
import { tlsOptions } from './node-agent/tls.ts';
import { keepAlive } from './port-forward/keep-alive.ts';
import { forwardTarget } from './port-forward/target.ts';
import { dialTcp } from './port-forward/tcp.ts';
import { dialUdp } from './port-forward/udp.ts';
import { answerOf, conflict, internal } from './refusal.ts';
import { plain, requireGate, type Reply, type Route } from './route.ts';
import { streamKinds } from './streams.ts';

const group = 'subresources.kubevirt.io';
/** Most bytes of one message from a user. */
const longestUserMessage = 1024 * 1024;
/** Longest that a guest's port may take to accept, in milliseconds. */
const dialTimeout = 30_000;

/** A request and what it is about. */
interface Asked {
  readonly target: ObjectName;
  /** `virtualmachines/start`, as discovery names it. */
  readonly name: string;
  readonly route: Route | undefined;
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
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: longestUserMessage,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(plainProtocol) ? plainProtocol : false),
  });

  constructor(context: SubresourceContext) {
    this.#context = context;
  }

  /** Says in each line which machine it is about. */
  #logger({ namespace, name }: ObjectName): Logger {
    return withFields(this.#context.logger, { key: keyFor(namespace, name) });
  }

  #tls(): ClientTlsOptions {
    return tlsOptions(this.#context.handlerTls());
  }

  async handle(request: IncomingMessage, response: ServerResponse, info: MountedRequest): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const { route, name, target } = askedOf(info);
    try {
      if (route === undefined) throw unanswered(name);
      if (request.method !== route.method)
        throw new ApiServerError('MethodNotAllowed', `${name} wants ${route.method}`);
      send(response, await this.#answer(route, target, request, gone.signal));
    } catch (error) {
      throw answerOf(error);
    }
  }

  async #answer(
    route: Route,
    target: ObjectName,
    request: IncomingMessage,
    signal: AbortSignal,
  ): Promise<Reply> {
    const client = await this.#context.client();
    const configuration = await this.#context.configuration();
    if (route.gate !== undefined) requireGate(route.gate, configuration);
    try {
      return await route.answer({
        client,
        configuration,
        kubeVirts: await this.#context.kubeVirts(),
        target,
        request,
        signal,
        ask: async (method, instance, operation, body) => {
          const url = new URL(operation, await endpointOf(instance, client, signal));
          const answer = await internal(askNodeAgent({ method, url, body }, this.#tls(), signal));
          return { status: 200, ...answer };
        },
        askAgent: async (asked, patience) => ({
          status: 200,
          ...(await askNodeAgent(asked, this.#tls(), patience)),
        }),
      });
    } catch (error) {
      if (route.plainFailures !== true) throw error;
      return plain(500, error instanceof Error ? error.message : String(error));
    }
  }

  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, info: MountedRequest): Promise<void> {
    const asked = askedOf(info);
    const logger = this.#logger(asked.target);
    socket.on('error', (error) => logger.debug('a stream broke', { error: error.message }));
    try {
      const take = (): Promise<WebSocket> => this.#accept(request, socket, head, logger);
      if (isForwarding(info)) await this.#forward(asked.target, info, socket, take);
      else await this.#stream(asked, info, socket, take);
    } catch (error) {
      throw answerOf(error);
    }
  }

  /** A stream of the machine: the node agent is asked first, so that its refusal can still be told. */
  async #stream(
    { target, name }: Asked,
    info: MountedRequest,
    socket: Duplex,
    take: () => Promise<WebSocket>,
  ): Promise<void> {
    const operation = operationOf(info);
    const kind = info.resource === 'virtualmachineinstances' ? streamKinds.get(operation) : undefined;
    if (kind === undefined) throw unanswered(name);
    const client = await this.#context.client();
    const instance = await requiredInstance(client, target, AbortSignal.timeout(dialTimeout));
    const { connections } = this.#context;
    connections.asked(operation, target, socket);
    const problem = kind.problem(instance);
    if (problem !== undefined) throw problem;
    const query = kind.query(info.query);
    const url = new URL(operation, await endpointOf(instance, client));
    url.search = query.toString();
    const agent = await internal(openStream(url, this.#tls()));
    try {
      joinWebSockets(await take(), agent, this.#logger(target));
      connections.accepted(operation, target, socket);
    } catch (error) {
      agent.terminate();
      throw error;
    }
  }

  /** A port of the guest, by the name of its instance or of the machine that manages that. */
  async #forward(
    target: ObjectName,
    info: MountedRequest,
    socket: Duplex,
    take: () => Promise<WebSocket>,
  ): Promise<void> {
    const client = await this.#context.client();
    const signal = AbortSignal.timeout(dialTimeout);
    const machine =
      info.resource === 'virtualmachines' ? await requiredMachine(client, target, signal) : undefined;
    if (machine !== undefined && machine.status?.created !== true)
      throw conflict('virtualMachines', target.name, 'it has not been started');
    const instance = await requiredInstance(client, target, signal);
    if (machine !== undefined && !isControlledBy(instance, machine))
      throw new ApiServerError('InternalError', `the instance ${target.name} is not the machine's`);
    const { connections } = this.#context;
    const logger = this.#logger(target);
    connections.asked('portforward', target, socket);
    const place = forwardTarget(instance, info.rest);
    using forwarding =
      place.protocol === 'tcp' ? await dialTcp(place, dialTimeout, logger) : await dialUdp(place, logger);
    const user = await take();
    connections.accepted('portforward', target, socket);
    keepAlive(user);
    await forwarding.join(user);
  }

  /** Upgrades the user's connection. @throws ApiServerError `BadRequest` when the user left or does not shake hands */
  #accept(request: IncomingMessage, socket: Duplex, head: Buffer, logger: Logger): Promise<WebSocket> {
    return new Promise((resolve, reject) => {
      const left = (): void =>
        reject(new ApiServerError('BadRequest', 'the connection ended before the WebSocket was accepted'));
      if (socket.destroyed) return left();
      socket.once('close', left);
      this.#webSockets.handleUpgrade(request, socket, head, (user) => {
        socket.off('close', left);
        user.on('error', (error) => logger.debug('a stream broke', { error: error.message }));
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

function operationOf({ subresource = '', rest }: MountedRequest): string {
  return [subresource, ...rest].join('/');
}

function askedOf(info: MountedRequest): Asked {
  const { namespace, resource, name = '', subresource } = info;
  const target = { namespace: namespace ?? '', name };
  if (namespace === undefined) return { target, name: resource, route: clusterRoutes.get(resource) };
  if (subresource === undefined) return { target, name: resource, route: namespaceRoutes.get(resource) };
  const routes = routesOf(resource);
  const operation = operationOf(info);
  return { target, name: `${resource}/${operation}`, route: routes?.get(operation) };
}

function routesOf(resource: string): ReadonlyMap<string, Route> | undefined {
  if (resource === 'virtualmachines') return machineRoutes;
  return resource === 'virtualmachineinstances' ? instanceRoutes : undefined;
}

/** Why a subresource is not answered here: it wants another kind of request, or does not exist. */
function unanswered(name: string): ApiServerError {
  const [resource, operation = ''] = name.split('/');
  const isStream =
    operation === 'portforward' || (resource === 'virtualmachineinstances' && streamKinds.has(operation));
  return isStream
    ? new ApiServerError('BadRequest', `${name} wants a WebSocket`)
    : new ApiServerError('NotFound', `there is no subresource ${name}`);
}

function send(response: ServerResponse, { status, contentType, body = '' }: Reply): void {
  const content = Buffer.from(body);
  response
    .writeHead(status, {
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      ...(status === 204 ? {} : { 'content-length': content.length }),
    })
    .end(content);
}
