import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerWebhook, webhooks, type AdmissionContext } from '@virtkit/admission';
import { readBody } from '@virtkit/apiserver';
import type { Logger } from '@virtkit/controllers/runtime';
import { secureServer, serverConnections, type ServerSecurity } from '@virtkit/program';

/** What the webhooks of the KubeVirt object are served with. */
export interface WebhookServerOptions {
  readonly host: string;
  /** 0 chooses a free port. */
  readonly port: number;
  readonly security: ServerSecurity;
  /** What a request is judged with. */
  readonly context: () => AdmissionContext;
  readonly logger: Logger;
}

/** A running server of webhooks. */
export interface WebhookServer extends AsyncDisposable {
  readonly port: number;
}

/** A review holds the object twice, and each may be as long as the API server takes. */
const longestReview = 7 * 1024 * 1024;
/** How long answers under way may take at the end, in milliseconds. */
const longestGoodbyeMs = 2000;

const ownPaths = new Set(
  webhooks.filter(({ configuration }) => configuration === 'virt-operator-validator').map(({ path }) => path),
);

/** Serves the webhooks of the KubeVirt object over HTTPS. @throws the system's error when the address cannot be used */
export async function serveWebhooks(options: WebhookServerOptions): Promise<WebhookServer> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      options.logger.warn('a webhook could not be answered', { path: request.url, error: String(error) });
      send(response, 500, 'text/plain', 'the answer failed');
    });
  });
  const connections = serverConnections(server);
  const security = secureServer(server, options.security);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host: options.host, port: options.port }, resolve);
  await promise;
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      security[Symbol.dispose]();
      await connections.end(longestGoodbyeMs);
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { context }: WebhookServerOptions,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'https://webhook').pathname;
  if (request.method !== 'POST' || !ownPaths.has(path)) return send(response, 404, 'text/plain', 'not found');
  const body = await readBody(request, longestReview);
  const call = { path, contentType: request.headers['content-type'], body };
  const given = await answerWebhook(call, context());
  return send(response, given.status, given.contentType, given.body);
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'content-type': contentType });
  response.end(body);
}
