import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { WebSocketStream } from '@virtkit/sdk';
import { isPeerGone } from './peer-gone.ts';

/**
 * Connects a TCP connection with a stream until one of them ends; both are closed then. A WebSocket cannot be half
 * closed, so a client that only stops sending ends it too; what is under way to it still arrives.
 *
 * @throws ApiError when the server ends the stream with an error; a client that goes away is no error
 */
export async function join(socket: Socket, stream: WebSocketStream): Promise<void> {
  const gone = () => stream.destroy();
  socket.once('close', gone);
  try {
    await pipeline(socket, stream, socket);
  } catch (error) {
    if (!isPeerGone(error)) throw error;
  } finally {
    socket.off('close', gone);
    socket.destroy();
    stream.destroy();
  }
}
