import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMockHypervisor } from '@virtkit/hal-mock';
import { connectLauncher, serveLauncher } from '@virtkit/launcher-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { launcherOptions } from './launcher.ts';

let folder: string;
let socketPath: string;
let stack: AsyncDisposableStack;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launcher-api-'));
  socketPath = join(folder, 'launcher-sock');
  stack = new AsyncDisposableStack();
});

afterEach(async () => {
  await stack.disposeAsync();
  rmSync(folder, { recursive: true });
});

async function serve(path = socketPath) {
  const hypervisor = await createMockHypervisor();
  return stack.use(await serveLauncher(launcherOptions({ hypervisor, socketPath: path })));
}

describe("the server's socket", () => {
  it('is for its user alone, and gone afterwards', async () => {
    const server = await serve();
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    await server[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    expect(existsSync(socketPath)).toBe(false);
  });

  it('is not taken from a server that is alive', async () => {
    await serve();
    await expect(serve()).rejects.toMatchObject({ code: 'socket-in-use', retry: 'on-change' });
    await stack.use(await connectLauncher({ socketPath })).info();
  });

  it('replaces the file that a killed process left', async () => {
    const script = `require('node:net').createServer().listen(${JSON.stringify(socketPath)}, () => console.log('up'))`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(existsSync(socketPath)).toBe(true);
    await serve();
    await stack.use(await connectLauncher({ socketPath })).info();
  });

  it('does not replace what is no socket', async () => {
    writeFileSync(socketPath, 'precious');
    await expect(serve()).rejects.toMatchObject({ code: 'unsafe-socket' });
    expect(existsSync(socketPath)).toBe(true);
  });

  it('needs a path that fits', async () => {
    await expect(serve(join(folder, 'x'.repeat(120)))).rejects.toMatchObject({
      code: 'socket-path-too-long',
    });
  });

  it('needs a folder that is there', async () => {
    await expect(serve(join(folder, 'nowhere', 'sock'))).rejects.toMatchObject({
      code: 'socket-folder-unusable',
    });
  });

  it('leaves a successor at its path alone', async () => {
    const first = await serve();
    rmSync(socketPath);
    await serve();
    await first[Symbol.asyncDispose]();
    await stack.use(await connectLauncher({ socketPath })).info();
  });
});

describe('the client', () => {
  it.each([
    ['nothing', () => undefined, 'unreachable'],
    ['a file', () => writeFileSync(socketPath, ''), 'unsafe-socket'],
    ['a link to nothing', () => symlinkSync('/nonexistent', socketPath), 'unsafe-socket'],
  ])('refuses %s at the path', async (_what, prepare, code) => {
    prepare();
    await expect(connectLauncher({ socketPath })).rejects.toMatchObject({ name: 'LauncherApiError', code });
  });

  it('refuses a link even to a good socket, also one that comes later', async () => {
    const real = join(folder, 'real');
    await serve(real);
    symlinkSync(real, socketPath);
    await expect(connectLauncher({ socketPath })).rejects.toMatchObject({ code: 'unsafe-socket' });
    const client = stack.use(await connectLauncher({ socketPath: real }));
    rmSync(real);
    symlinkSync(socketPath, real);
    await expect(client.info()).rejects.toMatchObject({ code: 'failed', cause: { code: 'unsafe-socket' } });
  });

  describe('below a root', () => {
    const parts = ['pods', 'uid', 'sockets', 'launcher-sock'];
    const below = (count: number): string => join(folder, 'root', ...parts.slice(0, count));

    beforeEach(() => mkdirSync(below(3), { recursive: true }));

    it('is reached by plain folders', async () => {
      await serve();
      linkSync(socketPath, below(4));
      const client = stack.use(await connectLauncher({ socketPath: below(4), root: join(folder, 'root') }));
      expect((await client.info()).vmi.name).toBe('small');
    });

    it.each([1, 2, 3, 4])('refuses a link in place of part %i of its path', async (count) => {
      await serve();
      linkSync(socketPath, below(4));
      const client = stack.use(await connectLauncher({ socketPath: below(4), root: join(folder, 'root') }));
      renameSync(below(count), join(folder, 'moved'));
      symlinkSync(join(folder, 'moved'), below(count));
      await expect(client.info()).rejects.toMatchObject({ code: 'failed', cause: { code: 'unsafe-socket' } });
      await expect(
        connectLauncher({ socketPath: below(4), root: join(folder, 'root') }),
      ).rejects.toMatchObject({ code: 'unsafe-socket' });
    });

    it('takes a root that is a link', async () => {
      await serve();
      linkSync(socketPath, below(4));
      symlinkSync(join(folder, 'root'), join(folder, 'link'));
      const path = join(folder, 'link', ...parts);
      const client = stack.use(await connectLauncher({ socketPath: path, root: join(folder, 'link') }));
      expect((await client.info()).vmi.name).toBe('small');
    });

    it.each(['elsewhere/launcher-sock', 'root', 'root/../elsewhere/launcher-sock'])(
      'refuses what is not below: %s',
      async (path) => {
        await expect(
          connectLauncher({ socketPath: join(folder, path), root: join(folder, 'root') }),
        ).rejects.toMatchObject({ code: 'unsafe-socket' });
      },
    );
  });

  it('refuses another socket than the one that is meant', async () => {
    const first = await serve();
    const { dev, ino } = statSync(socketPath, { bigint: true });
    const client = stack.use(await connectLauncher({ socketPath, identity: { dev, ino } }));
    await client.info();
    // Kept, so that the next file cannot have its number.
    linkSync(socketPath, join(folder, 'kept'));
    await first[Symbol.asyncDispose]();
    await serve();
    await expect(client.info()).rejects.toMatchObject({ code: 'failed', cause: { code: 'unsafe-socket' } });
  });

  it('refuses the socket of another user', async () => {
    await serve();
    const owner = statSync(socketPath).uid;
    await expect(connectLauncher({ socketPath, owners: [owner + 1] })).rejects.toMatchObject({
      code: 'unsafe-socket',
    });
    await stack.use(await connectLauncher({ socketPath, owners: [owner] })).info();
  });

  it('says that a launcher is gone, and finds the next one at the same path', async () => {
    const server = await serve();
    const client = stack.use(await connectLauncher({ socketPath }));
    await server[Symbol.asyncDispose]();
    await expect(client.info()).rejects.toMatchObject({ code: 'connection-lost', retry: 'backoff' });
    await serve();
    expect((await client.info()).hypervisor).toBe('mock');
  });

  it('reaches a socket whose path is longer than the kernel takes', async () => {
    const deep = join(folder, ...Array.from({ length: 6 }, () => 'y'.repeat(40)));
    mkdirSync(deep, { recursive: true });
    await serve();
    linkSync(socketPath, join(deep, 'launcher-sock'));
    const client = stack.use(await connectLauncher({ socketPath: join(deep, 'launcher-sock') }));
    expect((await client.info()).vmi.name).toBe('small');
  });

  it('gives up on a launcher that does not answer', async () => {
    const sockets = new Set<{ destroy(): void }>();
    const silent = createServer((socket) => sockets.add(socket)).listen(socketPath);
    await once(silent, 'listening');
    stack.defer(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    await expect(connectLauncher({ socketPath, callTimeoutMs: 50 })).rejects.toMatchObject({
      code: 'aborted',
    });
    const abort = new AbortController();
    const connecting = connectLauncher({ socketPath, signal: abort.signal });
    abort.abort();
    await expect(connecting).rejects.toMatchObject({ code: 'aborted' });
  });
});
