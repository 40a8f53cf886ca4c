import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { runInProcess } from './support/in-process.ts';

it('warnings of the server are shown apart from results', async () => {
  const server = createServer((_request, response) => {
    response.setHeader('warning', '299 - "this will not work for ever"');
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stdout, stderr } = await runInProcess(['pause', 'vmi', 'a', '--server', url]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Warning: this will not work for ever\n' });
    expect(stdout).not.toContain('Warning');
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
