import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import type { ClientTlsOptions } from '@virtkit/program';
import { WebSocket } from 'ws';
import { agentError, unreachable } from './request.ts';

/** Subprotocol of KubeVirt's streams: binary messages without a prefix. */
export const plainProtocol = 'plain.kubevirt.io';

const handshakeTimeout = 10_000;
/** Most bytes of one message from a node agent. */
const longestMessage = 16 * 1024 * 1024;

/**
 * Opens a stream at a node agent. The WebSocket is paused: nothing is lost before its messages have a listener.
 *
 * @throws ApiServerError with the agent's own words, or `ServiceUnavailable`
 */
export function openStream(url: URL, tls: ClientTlsOptions): Promise<WebSocket> {
  const address = new URL(url);
  address.protocol = 'wss:';
  const socket = new WebSocket(address, [plainProtocol], {
    // The typings of ws know another form of checkServerIdentity than Node, so the connection is made here.
    createConnection: () =>
      connect({ ...tls, host: url.hostname.replaceAll(/[[\]]/g, ''), port: Number(url.port || 443) }),
    handshakeTimeout,
    maxPayload: longestMessage,
    perMessageDeflate: false,
  });
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => reject(unreachable(cause));
    socket.once('error', fail);
    socket.once('unexpected-response', (request, response) => {
      text(response)
        .then((body) => reject(agentError(response.statusCode ?? 0, body)), fail)
        .finally(() => request.destroy());
    });
    socket.once('open', () => {
      socket.pause();
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
