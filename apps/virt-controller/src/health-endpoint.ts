import { createServer, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import type { Health } from './run.ts';

/** A running endpoint. */
export interface HealthEndpoint extends AsyncDisposable {
  /** Base URL, with the port that was chosen. */
  readonly url: string;
}

export interface HealthEndpointOptions {
  readonly host: string;
  /** 0 chooses a free port. */
  readonly port: number;
  readonly registry: Registry;
  readonly health: () => Health;
}

/**
 * Serves `/metrics` (Prometheus text), `/healthz` (the process answers) and `/readyz` (503 until it leads with full
 * stores, or waits to lead).
 * @throws Error with Node's `code`, for example `EADDRINUSE`, when the address cannot be used
 */
export async function serveHealth(options: HealthEndpointOptions): Promise<HealthEndpoint> {
  const server = createServer((request, response) => {
    answer(request.url ?? '/', response, options).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(error instanceof Error ? error.message : 'failed');
    });
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host: options.host, port: options.port }, resolve);
  await promise;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

async function answer(
  url: string,
  response: ServerResponse,
  { registry, health }: HealthEndpointOptions,
): Promise<void> {
  const path = url.split('?')[0];
  if (path === '/metrics') {
    response.setHeader('content-type', registry.contentType);
    response.end(await registry.metrics());
  } else if (path === '/healthz') {
    response.end('ok');
  } else if (path === '/readyz') {
    const { synced, leading } = health();
    // A replica that waits for the lease is ready to take over.
    const ready = synced || !leading;
    response.statusCode = ready ? 200 : 503;
    response.end(ready ? 'ok' : 'the stores are not filled yet');
  } else {
    response.statusCode = 404;
    response.end('not found');
  }
}
