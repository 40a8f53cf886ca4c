import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Aggregator } from '../aggregation/aggregator.ts';
import type { RemoteApiService } from '../aggregation/types.ts';
import { ApiServerError, methodNotAllowed, notFound } from '../errors.ts';
import type { Authenticator } from '../authentication/authenticator.ts';
import { ANONYMOUS } from '../authentication/groups.ts';
import { impersonatedUser } from '../authentication/impersonation.ts';
import { pathAttributes, resourceAttributes, type Attributes } from '../authorization/attributes.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import { forbidden } from '../authorization/forbidden.ts';
import type { UserInfo } from '../admission/types.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { MountedGroup } from '../mounts/types.ts';
import { keyOf } from '../registry/registry.ts';
import { RequestTrail, type RequestObserver } from './audit.ts';
import type { ResourceRequest, ServerContext } from './context.ts';
import { admitConnection } from './connect-admission.ts';
import { isHealthOrVersion } from './health-paths.ts';
import { answerOpenId } from './openid.ts';
import type { RequestGates } from './request-gates.ts';
import { parseRequestInfo, type RequestInfo } from './request-info.ts';
import { requestTarget, type RequestTarget } from './request-target.ts';
import { handleResource } from './resources.ts';
import { sendError, sendJson, unknownPath } from './respond.ts';
import { refuseUpgrade, type HttpHandler } from './server.ts';
import { handleReview, type Reviewers } from './reviews.ts';
import { NODE_SUBRESOURCES } from './subresources.ts';

/** What the router sends requests to. */
export interface RouterParts {
  readonly context: ServerContext;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly reviewers: Reviewers;
  /** Where clients reach this server; known once it listens. */
  readonly url: () => string;
  readonly discovery: Discovery;
  readonly mounts: readonly MountedGroup[];
  readonly aggregator: Aggregator;
  readonly gates: RequestGates;
  readonly onRequest: RequestObserver | undefined;
  /** False while starting and stopping. */
  readonly ready: () => boolean;
}

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
    const target = requestTarget(request);
    const { path, segments } = target;
    const { user, info } = await this.#admit(request, target, trail, response);
    if (isHealthOrVersion(path)) {
      this.#answerOpen(path, response);
      return;
    }
    const remote = this.#remote(segments);
    if (remote !== undefined) {
      await this.#parts.aggregator.proxy.handle(request, response, remote, user);
      return;
    }
    if (info?.verb === '') throw methodNotAllowed();
    const mount = info === undefined ? undefined : this.#mount(info.group, info.version);
    // Mounted groups ask this server in turn: what they would wait for is what they hold.
    if (mount === undefined) await this.#parts.gates.enter({ request, response, user: user.name, info });
    if (info === undefined) {
      if (request.method !== 'GET' && request.method !== 'HEAD') throw unknownPath();
      if (await answerOpenId(path, response, this.#parts.context.accountTokens, this.#parts.url())) return;
      if (!this.#parts.discovery.answer(path, request, response)) throw unknownPath();
      return;
    }
    if (mount !== undefined) {
      await mount.handle(request, response, { ...info, user });
      return;
    }
    const authorize = (verb: string): void => this.#authorize(resourceAttributes(user, { ...info, verb }));
    const call: ResourceRequest = { request, response, user, info, authorize };
    if (await handleReview(this.#parts.reviewers, call)) return;
    await handleResource(this.#parts.context, call);
  }

  /** Finds out who asks for what, and whether he may. @throws ApiServerError `Unauthorized`, `Forbidden`, `BadRequest` */
  async #admit(
    request: IncomingMessage,
    { path, segments, query }: RequestTarget,
    trail: RequestTrail,
    response?: ServerResponse,
  ): Promise<{ user: UserInfo; info: RequestInfo | undefined }> {
    const user = await this.#parts.authenticator.authenticate(request, path);
    // That nobody is named is what records show of those who did not say who they are.
    trail.user = user === ANONYMOUS ? undefined : user;
    const method = request.method ?? 'GET';
    const info = parseRequestInfo(method, segments, query);
    trail.info = info;
    const attributesOf = (who: UserInfo): Attributes =>
      info === undefined ? pathAttributes(who, method, path) : resourceAttributes(who, info);
    // The refusal repeats what the client has sent: browsers must not take it for anything but JSON.
    response?.setHeader('x-content-type-options', 'nosniff');
    const acting = impersonatedUser(request, user, attributesOf, this.#parts.authorizer) ?? user;
    this.#authorize(attributesOf(acting));
    response?.removeHeader('x-content-type-options');
    return { user: acting, info };
  }

  #authorize(attributes: Attributes): void {
    const { allowed, reason } = this.#parts.authorizer.authorize(attributes);
    if (!allowed) throw forbidden(attributes, reason);
  }

  #answerOpen(path: string, response: ServerResponse): void {
    if (path === '/version') {
      sendJson(response, 200, this.#parts.discovery.version());
      return;
    }
    const ready = this.#parts.ready() || path.startsWith('/livez');
    response.writeHead(ready ? 200 : 503, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-cache, private',
      'x-content-type-options': 'nosniff',
    });
    response.end(ready ? 'ok' : 'not ready');
  }

  /** Who answers a path behind this server: of the resources of a group and version, or of their OpenAPI document. */
  #remote(segments: readonly string[]): RemoteApiService | undefined {
    const [root, group, version] =
      segments[0] === 'openapi' && segments[1] === 'v3' ? segments.slice(2) : segments;
    if (root !== 'apis' || group === undefined || version === undefined) return undefined;
    return this.#parts.aggregator.find(group, version);
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
    const target = requestTarget(request);
    const { user, info } = await this.#admit(request, target, trail);
    const remote = this.#remote(target.segments);
    if (remote !== undefined) {
      await this.#parts.aggregator.proxy.upgrade(request, socket, head, remote, user);
      return;
    }
    if (info === undefined) throw unknownPath();
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
