import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateCertificates, type Certificates } from '../../src/index.ts';

/** What a test looks at of an AdmissionReview's request. */
export interface ReviewRequest {
  uid: string;
  operation: string;
  name?: string;
  namespace?: string;
  subResource?: string;
  kind: { group: string; version: string; kind: string };
  resource: { group: string; version: string; resource: string };
  requestKind: { group: string; version: string; kind: string };
  requestResource: { group: string; version: string; resource: string };
  object: Reviewed | null;
  oldObject: Reviewed | null;
  options: Record<string, unknown> | null;
  userInfo: { username: string; groups: string[] };
  dryRun: boolean;
}

interface Reviewed {
  apiVersion: string;
  kind: string;
  metadata: { name?: string; uid?: string; labels?: Record<string, string>; creationTimestamp?: string };
  spec?: Record<string, unknown>;
  [member: string]: unknown;
}

/** A response without its uid, which is filled in unless it is given. */
export type Answer = (request: ReviewRequest) => Record<string, unknown>;
type Raw = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** An HTTPS server that answers admission and conversion reviews as a test wants it. */
export class WebhookServer implements AsyncDisposable {
  /** What was asked, per path, in the order of arrival. */
  readonly reviews: { path: string; request: ReviewRequest }[] = [];
  readonly #server: Server;
  readonly #certificates: Certificates;
  readonly #answers = new Map<string, Raw>();

  private constructor(server: Server, certificates: Certificates) {
    this.#server = server;
    this.#certificates = certificates;
  }

  static async start(
    options: { certificates?: Certificates; names?: readonly string[]; port?: number } = {},
  ): Promise<WebhookServer> {
    const certificates = options.certificates ?? (await generateCertificates(options.names ?? ['127.0.0.1']));
    const server = createServer({ cert: certificates.cert, key: certificates.key });
    const own = new WebhookServer(server, certificates);
    server.on('request', (request, response) => void own.#serve(request, response));
    await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
    return own;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The clientConfig of a path of this server. */
  config(path: string, ca: string = this.#certificates.ca) {
    return { url: `https://127.0.0.1:${this.port}${path}`, caBundle: Buffer.from(ca).toString('base64') };
  }

  /** Answers the reviews of a path. */
  on(path: string, answer: Answer): void {
    this.raw(path, (_request, response, body) => {
      const review = JSON.parse(body) as { apiVersion: string; request: ReviewRequest };
      this.reviews.push({ path, request: review.request });
      const { kind = 'AdmissionReview', apiVersion = review.apiVersion, ...rest } = answer(review.request);
      json(response, { kind, apiVersion, response: { uid: review.request.uid, ...rest } });
    });
  }

  /** Answers requests for a path in any way. */
  raw(path: string, answer: Raw): void {
    this.#answers.set(path, answer);
  }

  /** Forgets what was asked. */
  forget(): void {
    this.reviews.length = 0;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const path = (request.url ?? '').split('?')[0] ?? '';
    const answer = this.#answers.get(path);
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response, Buffer.concat(chunks).toString('utf8'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

/** Sends JSON. */
export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** `patch` and `patchType` of a response. */
export function patch(...operations: object[]) {
  return {
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
  };
}

/** A webhook with what must be there. */
export function webhook(name: string, clientConfig: object, more: Record<string, unknown> = {}) {
  return {
    name,
    clientConfig,
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['configmaps'] }],
    ...more,
  };
}

/** A MutatingWebhookConfiguration or ValidatingWebhookConfiguration. */
export function configuration(kind: 'Mutating' | 'Validating', name: string, ...webhooks: object[]) {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name },
    webhooks,
  };
}

const BASE = '/apis/admissionregistration.k8s.io/v1';
/** Where configurations are posted. */
export const MUTATING = `${BASE}/mutatingwebhookconfigurations`;
export const VALIDATING = `${BASE}/validatingwebhookconfigurations`;
