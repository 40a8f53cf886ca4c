import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Logger } from '@virtkit/controllers/runtime';
import type { WebSocket } from 'ws';
import { dialFailed, type Forwarding } from './forwarding.ts';
import type { ForwardTarget } from './target.ts';

/** Bytes waiting for a slow user above which datagrams are dropped, as a network would. */
const mostWaiting = 1024 * 1024;

/** A UDP socket for a guest's port. One binary message is one datagram. */
export async function dialUdp({ host, port }: ForwardTarget, logger: Logger): Promise<Forwarding> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: Error): void => reject(dialFailed(host, port, cause));
    socket.once('error', fail);
    socket.connect(port, host, () => {
      socket.off('error', fail);
      resolve();
    });
  });
  return { join: (user) => join(user, socket, logger), [Symbol.dispose]: () => void socket.close() };
}

async function join(user: WebSocket, socket: Socket, logger: Logger): Promise<void> {
  socket.on('message', (datagram) => {
    if (user.readyState === user.OPEN && user.bufferedAmount < mostWaiting) user.send(datagram);
  });
  user.on('message', (data, binary) => {
    if (binary && Buffer.isBuffer(data)) socket.send(data);
  });
  // A refused datagram (ICMP) says that nobody listens on the port.
  socket.on('error', (error) => {
    logger.debug('a forwarded port broke', { error: error.message });
    user.close(1011, 'the guest refuses datagrams on this port');
  });
  await new Promise<void>((resolve) => user.once('close', () => resolve()));
}
