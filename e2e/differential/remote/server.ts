import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Certificates } from '@virtkit/apiserver';
import { admissionAnswers } from './admission.ts';
import { serveAggregated } from './aggregated.ts';
import type { Behaviour, RemoteRequest } from './behaviour.ts';
import { conversionAnswers } from './conversion.ts';

/** Where a remote server is. */
export interface RemotePlace {
  /** `https://127.0.0.1:port` */
  readonly url: string;
  readonly port: number;
  /** Its authority, as API objects have it. */
  readonly caBundle: string;
}

/**
 * A server that one of the API servers calls: for webhooks, conversion, and as an aggregated server. `/NAMESPACE/BEHAVIOUR` is the path of
 * a webhook; requests below `/apis/NAMESPACE.example.com` are for the aggregated server. What it got is kept, for each sequence.
 */
export class RemoteServer implements AsyncDisposable {
  readonly place: RemotePlace;
  readonly #server: Server;
  readonly #received = new Map<string, { path: string }[]>();

  private constructor(server: Server, place: RemotePlace) {
    this.#server = server;
    this.place = place;
  }

  /** @param frontProxyAuthority PEM of what signed the certificate by which the API server is known */
  static async start(certificates: Certificates, frontProxyAuthority: string): Promise<RemoteServer> {
    const server = createServer({
      cert: certificates.cert,
      key: certificates.key,
      ca: frontProxyAuthority,
      requestCert: true,
      rejectUnauthorized: false,
    });
    // Otherwise it may close a connection in the moment in which it is used again.
    server.keepAliveTimeout = 0;
    server.listen(0, '0.0.0.0');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const caBundle = Buffer.from(certificates.ca).toString('base64');
    const own = new RemoteServer(server, { url: `https://127.0.0.1:${port}`, port, caBundle });
    server.on('request', (request, response) => void own.#serve(request, response));
    return own;
  }

  /** What was received for a sequence since this was asked last. Webhooks may be called at the same time, so it is sorted by path. */
  take(namespace: string): unknown[] {
    const taken = this.#received.get(namespace) ?? [];
    this.#received.delete(namespace);
    return taken.toSorted((a, b) => a.path.localeCompare(b.path, 'en'));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(incoming);
    const [first = '', second = ''] = request.path.slice(1).split('?')[0]!.split('/');
    const aggregated = first === 'apis';
    const namespace = aggregated ? second.split('.')[0]! : first;
    const behaviour = aggregated ? serveAggregated : behaviours[second];
    if (aggregated ? !isProbe(request) : !isAboutProbe(request))
      this.#received.set(namespace, [...(this.#received.get(namespace) ?? []), request]);
    if (behaviour === undefined) response.writeHead(404).end();
    else behaviour(request, response);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

const behaviours: Readonly<Record<string, Behaviour>> = { ...admissionAnswers, ...conversionAnswers };

/** How often it is asked whether webhooks are in place is chance: objects of this label are made for that. */
function isAboutProbe({ body }: RemoteRequest): boolean {
  const { request } = body as {
    request?: { object?: { metadata?: { labels?: Record<string, string> } } | null };
  };
  return request?.object?.metadata?.labels?.probe === 'yes';
}

/** When an API server looks whether an aggregated server is there, and what it serves, is its choice. */
function isProbe({ path, headers }: RemoteRequest): boolean {
  return /^\/apis\/[^/]+(\/v1)?(\?.*)?$/.test(path) && headers['x-told'] === undefined;
}

/** Headers that say something to a server behind; others are about the connection, or differ from program to program. */
const told = /^(x-(remote|forwarded|told)-?.*|authorization|impersonate-.*|content-type|accept)$/;

async function read(incoming: IncomingMessage): Promise<RemoteRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const { socket } = incoming;
  if (!(socket instanceof TLSSocket)) throw new Error('this server speaks TLS only');
  const { subject } = socket.getPeerCertificate();
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    caller: (subject as { CN?: string } | undefined)?.CN ?? '',
    trusted: socket.authorized,
    headers: Object.fromEntries(
      Object.entries(incoming.headersDistinct).filter(([name]) => told.test(name)),
    ) as Record<string, string[]>,
    body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text,
  };
}
