import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiServerError, notFound } from '../errors.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { MountedGroup } from '../mounts/types.ts';
import { keyOf } from '../registry/registry.ts';
import type { Authenticator } from './auth.ts';
import { RequestTrail, type RequestObserver } from './audit.ts';
import type { ResourceRequest, ServerContext } from './context.ts';
import { admitConnection } from './connect-admission.ts';
import type { RequestGates } from './request-gates.ts';
import { parseRequestInfo } from './request-info.ts';
import { requestTarget } from './request-target.ts';
import { handleResource } from './resources.ts';
import { sendError, sendJson, unknownPath } from './respond.ts';
import { refuseUpgrade, type HttpHandler } from './server.ts';
import { handleReview } from './self-review.ts';
import { NODE_SUBRESOURCES } from './subresources.ts';
import { refuseUnavailableGroup } from './unavailable.ts';

/** What the router sends requests to. */
export interface RouterParts {
  readonly context: ServerContext;
  readonly authenticator: Authenticator;
  readonly discovery: Discovery;
  readonly mounts: readonly MountedGroup[];
  readonly gates: RequestGates;
  readonly onRequest: RequestObserver | undefined;
  /** False while starting and stopping. */
  readonly ready: () => boolean;
}

const OPEN_PATHS = new Set(['/healthz', '/livez', '/readyz', '/version']);

/** Leads each request through authentication to what answers it. */
export class Router implements HttpHandler {
  readonly #parts: RouterParts;

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    const trail = new RequestTrail(request);
    response.once('close', () =>
      this.#parts.onRequest?.(trail.finish(response.headersSent ? response.statusCode : 0)),
    );
    this.#answer(request, response, trail).catch((error: unknown) => sendError(response, error));
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const trail = new RequestTrail(request);
    let status = 101;
    // A peer that goes away while its connection is being handed over is not an error of the server.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#parts.onRequest?.(trail.finish(status)));
    this.#takeOver(request, socket, head, trail).catch((error: unknown) => {
      status = error instanceof ApiServerError ? error.httpStatus : 500;
      refuseUpgrade(socket, error);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse, trail: RequestTrail): Promise<void> {
    const { path, segments, query } = requestTarget(request);
    if (OPEN_PATHS.has(path) || /^\/(healthz|livez|readyz)\//.test(path)) {
      this.#answerOpen(path, response);
      return;
    }
    const user = this.#parts.authenticator.authenticate(request);
    trail.user = user;
    const info = parseRequestInfo(request.method ?? 'GET', segments, query);
    trail.info = info;
    const mount = info === undefined ? undefined : this.#mount(info.group, info.version);
    // Mounted groups ask this server in turn: what they would wait for is what they hold.
    if (mount === undefined) await this.#parts.gates.enter({ request, response, user: user.name, info });
    if (info === undefined) {
      if (request.method !== 'GET' && request.method !== 'HEAD') throw unknownPath();
      if (!this.#parts.discovery.answer(path, request, response)) {
        refuseUnavailableGroup(segments[0] === 'apis' ? segments[1] : undefined);
        throw unknownPath();
      }
      return;
    }
    if (mount !== undefined) {
      await mount.handle(request, response, { ...info, user });
      return;
    }
    const call: ResourceRequest = { request, response, user, info };
    if (await handleReview(call)) return;
    refuseUnavailableGroup(info.group);
    await handleResource(this.#parts.context, call);
  }

  #answerOpen(path: string, response: ServerResponse): void {
    if (path === '/version') {
      sendJson(response, 200, this.#parts.discovery.version());
      return;
    }
    const ready = this.#parts.ready() || path.startsWith('/livez');
    response.writeHead(ready ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(ready ? 'ok' : 'not ready');
  }

  #mount(group: string, version: string): MountedGroup | undefined {
    return this.#parts.mounts.find((mount) => mount.group === group && mount.version === version);
  }

  async #takeOver(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    trail: RequestTrail,
  ): Promise<void> {
    const { segments, query } = requestTarget(request);
    const user = this.#parts.authenticator.authenticate(request);
    trail.user = user;
    const info = parseRequestInfo(request.method ?? 'GET', segments, query);
    if (info === undefined) throw unknownPath();
    trail.info = info;
    const mount = this.#mount(info.group, info.version);
    if (mount !== undefined) {
      if (mount.upgrade === undefined)
        throw new ApiServerError('BadRequest', 'this path does not take upgrade requests');
      await mount.upgrade(request, socket, head, { ...info, user });
      return;
    }
    await this.#takeOverPod(request, socket, head, { ...info, user });
  }

  async #takeOverPod(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    info: ResourceRequest['info'] & { user: ResourceRequest['user'] },
  ): Promise<void> {
    const { registry, podSubresources } = this.#parts.context;
    const definition = registry.catalogue.find(info);
    if (
      definition === undefined ||
      definition.storage !== 'pods' ||
      !NODE_SUBRESOURCES.has(info.subresource ?? '')
    )
      throw new ApiServerError('BadRequest', 'this path does not take upgrade requests');
    const pod = registry.store.get(keyOf(definition, info.namespace, info.name ?? ''));
    if (pod !== undefined) await admitConnection(registry, definition, info, info.user, []);
    if (pod === undefined) throw notFound(definition, info.name ?? '');
    if (podSubresources?.upgrade === undefined)
      throw new ApiServerError(
        'NotImplemented',
        `pods/${info.subresource ?? ''} needs a node that can stream, and this server has none attached`,
      );
    await podSubresources.upgrade(request, socket, head, info, pod.object);
  }
}
