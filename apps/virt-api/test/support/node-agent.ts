import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { WebSocketServer, type WebSocket } from 'ws';
import type { HandlerTls } from '../../src/index.ts';

/** A virt-handler whose answers the test decides, behind real mutual TLS. */
export interface FakeNodeAgent extends AsyncDisposable {
  readonly url: string;
  /** `PUT /v1/...` as they came, with the caller's common name. */
  readonly calls: string[];
  /** Bodies that came with them, of those that had one. */
  readonly bodies: string[];
  /** Decides what to do with the next stream; refuses it with a status when it returns one. */
  onStream: (path: string) => number | ((socket: WebSocket) => void);
  /** Answers the operations. */
  onCall: (path: string) => { status: number; contentType?: string; body?: string };
}

export async function startNodeAgent(tls: HandlerTls): Promise<FakeNodeAgent> {
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has('plain.kubevirt.io') ? 'plain.kubevirt.io' : false),
  });
  const server = createServer({
    ca: tls.ca,
    cert: tls.certificate,
    key: tls.key,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const agent: FakeNodeAgent = {
    url: '',
    calls: [],
    bodies: [],
    onStream: () => 404,
    onCall: () => ({ status: 404, body: 'no such machine' }),
    async [Symbol.asyncDispose]() {
      for (const client of webSockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  const caller = ({ socket }: IncomingMessage): string =>
    socket instanceof TLSSocket ? String(socket.getPeerCertificate().subject.CN) : 'nobody';
  server.on('request', (request, response) => {
    agent.calls.push(`${request.method} ${request.url} by ${caller(request)}`);
    let sent = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (sent += chunk));
    request.once('end', () => {
      if (sent !== '') agent.bodies.push(sent);
      answer(request, response);
    });
  });
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { status, contentType = 'text/plain', body = '' } = agent.onCall(request.url ?? '');
    response.writeHead(status, { 'content-type': contentType }).end(body);
  };
  server.on('upgrade', (request, socket, head) => {
    agent.calls.push(`UPGRADE ${request.url} by ${caller(request)}`);
    const answer = agent.onStream(request.url ?? '');
    if (typeof answer === 'number') {
      const body = 'the agent says no';
      socket.end(
        `HTTP/1.1 ${answer} Refused\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      );
      return;
    }
    webSockets.handleUpgrade(request, socket, head, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(agent, { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` });
}
