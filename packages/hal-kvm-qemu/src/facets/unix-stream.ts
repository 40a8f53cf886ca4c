import { connect, type Socket } from 'node:net';
import type { CallOptions } from '@virtkit/hal';
import { toHalError } from '../errors.ts';

/** Connects to a unix socket of QEMU's. @throws HalError that names what it is for */
export function connectUnix(path: string, purpose: string, { signal }: CallOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, ...(signal && { signal }) });
    const fail = (error: Error): void => reject(toHalError(error, purpose));
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
