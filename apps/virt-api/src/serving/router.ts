import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { answerReview, type Reviewer } from '@virtkit/admission';
import {
  ApiServerError,
  parseRequestInfo,
  pathSegments,
  readBody,
  refuseUpgrade,
  sendError,
  sendJson,
  type MountedGroup,
  type MountedRequest,
} from '@virtkit/apiserver';
import type { Logger } from '@virtkit/controllers/runtime';
import type { Watched } from '@virtkit/program';
import type { Client } from '@virtkit/sdk';
import { attributesOf, authorize } from './authorization.ts';
import { discoveryDocuments, type DiscoveryDocuments } from './documents.ts';
import type { FrontProxyTrust } from './front-proxy-trust.ts';
import { anonymous, authenticate } from './identity.ts';
import type { MetricsSource } from './metrics-source.ts';
import { openApiV2, openApiV3, openApiV3Index } from './openapi.ts';

export interface RouterOptions {
  readonly client: Client;
  readonly mounts: readonly MountedGroup[];
  readonly reviewer: Reviewer;
  /** Paths of the webhooks that are served. */
  readonly webhookPaths: ReadonlySet<string>;
  readonly trust: Watched<FrontProxyTrust>;
  readonly metrics?: MetricsSource | undefined;
  /** Why no new requests should come, such as that the program ends. */
  readonly unready: () => string | undefined;
  readonly logger: Logger;
}

/** A review holds the object twice, and each may be as long as the API server takes. */
const longestReview = 7 * 1024 * 1024;
/** Longest that the cluster may take to say whether a user may, in milliseconds. */
const longestAuthorization = 10_000;

const root = '/apis/subresources.kubevirt.io';
/** Below a version: answered without an identity (KubeVirt subresources, authorization). */
const openNames = [
  'version',
  'guestfs',
  'healthz',
  'start-cluster-profiler',
  'stop-cluster-profiler',
  'dump-cluster-profiler',
];
const health = '/healthz';

/** Leads each request to what answers it: webhooks, documents and health for everybody, subresources for whom the cluster allows. */
export class Router {
  readonly #options: RouterOptions;
  readonly #documents: DiscoveryDocuments;
  readonly #openApi: ReadonlyMap<string, () => object>;
  /** Answered without an identity; a path that is only nearly one of them is not. */
  readonly #openPaths: ReadonlySet<string>;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#documents = discoveryDocuments(options.mounts);
    const versions = options.mounts.map(({ version }) => version);
    this.#openApi = new Map([
      ['/openapi/v2', () => openApiV2(versions)],
      ['/openapi/v3', () => openApiV3Index(versions)],
      ...versions.map((version) => [`/openapi/v3${root}/${version}`, () => openApiV3(version)] as const),
    ]);
    const named = versions.flatMap((version) => openNames.map((name) => `${root}/${version}/${name}`));
    this.#openPaths = new Set([health, ...named]);
  }

  /** Answers a request; an error is answered too. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('x-content-type-options', 'nosniff');
    this.#answer(request, response)
      .catch((error: unknown) => {
        this.#note(request, error);
        sendError(response, error);
      })
      // A body that nobody wanted would hold the connection.
      .finally(() => request.resume());
  }

  /** Takes over the connection of an upgrade request, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A peer that goes away while its connection is being handed over is not an error of the server.
    socket.on('error', () => socket.destroy());
    this.#takeOver(request, socket, head).catch((error: unknown) => {
      this.#note(request, error);
      refuseUpgrade(socket, error);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = urlOf(request);
    const path = url.pathname;
    if (this.#options.webhookPaths.has(path)) return this.#review(path, request, response);
    if (path === '/metrics') return this.#tellMetrics(response);
    const openApi = this.#openApi.get(path);
    const document = openApi?.() ?? this.#documents.at(path);
    if (document !== undefined && (request.method === 'GET' || request.method === 'HEAD'))
      return sendJson(response, 200, document);
    const { mount, info } = this.#mounted(request, url);
    if (this.#openPaths.has(path)) {
      const reason = info.resource === 'healthz' ? this.#options.unready() : undefined;
      if (reason !== undefined) return sendError(response, new ApiServerError('ServiceUnavailable', reason));
      return mount.handle(request, response, { ...info, user: anonymous });
    }
    await mount.handle(request, response, await this.#admitted(request, info));
  }

  async #takeOver(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { mount, info } = this.#mounted(request, urlOf(request));
    if (mount.upgrade === undefined)
      throw new ApiServerError('BadRequest', 'this path does not take upgrade requests');
    await mount.upgrade(request, socket, head, await this.#admitted(request, info));
  }

  /** @throws ApiServerError `Unauthorized`, `Forbidden`, `InternalError` */
  async #admitted(request: IncomingMessage, info: Parsed): Promise<MountedRequest> {
    const { client, trust } = this.#options;
    const user = authenticate(request, trust.current);
    const attributes = attributesOf(request.method ?? 'GET', info);
    await authorize(client, user, attributes, AbortSignal.timeout(longestAuthorization));
    return { ...info, user };
  }

  /** @throws ApiServerError `Unauthorized` for paths of nobody, `BadRequest` */
  #mounted(request: IncomingMessage, url: URL): { mount: MountedGroup; info: Parsed } {
    const path = url.pathname === health ? `${root}/v1/healthz` : url.pathname;
    const info = parseRequestInfo(request.method ?? 'GET', pathSegments(path), url.searchParams);
    const mount = this.#options.mounts.find(
      ({ group, version }) => group === info?.group && version === info.version,
    );
    if (info === undefined || mount === undefined)
      throw new ApiServerError('Unauthorized', `there is nothing at ${path}`);
    return { mount, info };
  }

  async #review(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') throw new ApiServerError('MethodNotAllowed', 'webhooks want POST');
    const body = await readBody(request, longestReview);
    const call = { path, contentType: request.headers['content-type'], body };
    const answer = await answerReview(call, this.#options.reviewer);
    const content = Buffer.from(answer.body);
    response
      .writeHead(answer.status, { 'content-type': answer.contentType, 'content-length': content.length })
      .end(content);
  }

  async #tellMetrics(response: ServerResponse): Promise<void> {
    const { metrics } = this.#options;
    if (metrics === undefined) throw new ApiServerError('NotFound', 'no metrics are kept');
    const text = await metrics.metrics();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  }

  #note({ method, url }: IncomingMessage, error: unknown): void {
    const refused = error instanceof ApiServerError && error.httpStatus < 500;
    const fields = { method, path: url?.split('?')[0], error: String(error) };
    if (refused) this.#options.logger.debug('a request was refused', fields);
    else this.#options.logger.warn('a request failed', fields);
  }
}

type Parsed = NonNullable<ReturnType<typeof parseRequestInfo>>;

/** @throws ApiServerError `BadRequest` */
function urlOf({ url = '/' }: IncomingMessage): URL {
  // Not relative to a base: two slashes would begin the name of another host.
  const parsed = url.startsWith('/') ? URL.parse(`https://virt-api${url}`) : null;
  if (parsed === null) throw new ApiServerError('BadRequest', 'the path is no URL');
  return parsed;
}
