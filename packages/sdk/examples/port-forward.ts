import { createServer } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { connect, isApiError } from '@virtkit/sdk';

await using client = await connect({ kubeconfig: 'default' });

const server = createServer((socket) => {
  client.virtualMachines
    .portForward('web', 22)
    .then((stream) => pipeline(socket, stream, socket))
    .catch((error: unknown) => {
      socket.destroy();
      console.error(isApiError(error) ? `${error.code}: ${error.message}` : error);
    });
});
server.listen(2222, '127.0.0.1');
await new Promise((resolve) => server.once('close', resolve));
