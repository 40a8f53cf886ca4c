import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { isDeepStrictEqual } from 'node:util';

/** What was asked of a launcher once, and what it answered. */
export interface Exchange {
  readonly request: { readonly method: string; readonly url: string; readonly body?: unknown };
  readonly response: { readonly status: number; readonly version: string; body: string };
}

/** A launcher that answers as one did when it was recorded. */
export interface RecordedLauncher extends AsyncDisposable {
  /** What it was asked that nobody asked the one that was recorded, or not with this body. */
  readonly unheardOf: readonly string[];
  /** What the one that was recorded was asked and this one was not. */
  left(): string[];
}

/** Serves a transcript on a unix socket: the same requests, each kind in its order, have the same answers. */
export async function serveTranscript(file: string, socketPath: string): Promise<RecordedLauncher> {
  const exchanges = JSON.parse(readFileSync(file, 'utf8')) as Exchange[];
  const unheardOf: string[] = [];
  const server = createServer((request, response) => {
    void read(request).then((text) => {
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      const index = exchanges.findIndex(
        ({ request: { method, url, body: recorded } }) =>
          method === request.method && url === request.url && isDeepStrictEqual(recorded, body),
      );
      const [found] = index < 0 ? [] : exchanges.splice(index, 1);
      if (found === undefined) unheardOf.push(`${request.method} ${request.url} ${text}`);
      const answer = found?.response ?? { status: 500, version: '1.0', body: '' };
      response
        .writeHead(answer.status, { 'virtkit-launcher-api': answer.version, connection: 'close' })
        .end(answer.body);
    });
  }).listen(socketPath);
  await once(server, 'listening');
  return {
    unheardOf,
    left: () => exchanges.map(({ request: { method, url } }) => `${method} ${url}`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function read(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
