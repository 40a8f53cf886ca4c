import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { linkSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMockHypervisor } from '@virtkit/hal-mock';
import { serveLauncher } from '@virtkit/launcher-api';
import { systemClock } from '@virtkit/controllers/runtime';
import { requires } from '@virtkit/testing';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { Launchers } from '../../src/launchers/launchers.ts';
import { peersByNamespace } from '../../src/launchers/socket-peers.ts';
import type { PodNamespaces } from '../../src/network/namespaces.ts';
import { emptyDirectory } from '../../src/pods/plain-folder.ts';

const needs = (context: TestContext): void =>
  requires(context, { kind: 'root' }, { kind: 'command', name: 'ss', package: 'iproute2' });

let root: string;
let stack: AsyncDisposableStack;
let namespace: string;
beforeEach(() => {
  stack = new AsyncDisposableStack();
  root = mkdtempSync(join(tmpdir(), 'peers-'));
  stack.defer(() => rmSync(root, { recursive: true }));
});
afterEach(() => stack.disposeAsync());

function makeNamespace(): void {
  namespace = `vkt-${randomBytes(4).toString('hex')}`;
  execFileSync('ip', ['netns', 'add', namespace]);
  stack.defer(() => void execFileSync('ip', ['netns', 'delete', namespace]));
}

/** The Pod's network namespace, or that of this process. */
const at = (path: string): PodNamespaces => ({
  open: async () => ({ path, [Symbol.asyncDispose]: async () => undefined }),
});
const inPod = (): PodNamespaces => at(`/run/netns/${namespace}`);
const inode = (path: string): bigint => statSync(path, { bigint: true }).ino;

describe('whose a socket is', () => {
  it('is told by the network namespace of who listens, whatever its name is', async (context) => {
    needs(context);
    makeNamespace();
    const [inside, outside] = [join(root, 'inside'), join(root, 'outside')];
    const script = `require('node:net').createServer().listen(${JSON.stringify(inside)}, () => console.log('up'))`;
    const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    stack.defer(async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    });
    await once(child.stdout, 'data');
    const server = createServer().listen(outside);
    stack.defer(() => void server.close());
    await once(server, 'listening');
    linkSync(inside, join(root, 'launcher-sock'));

    const peers = peersByNamespace(inPod());
    expect(await peers.listens('pod', inode(join(root, 'launcher-sock')))).toBe(true);
    expect(await peers.listens('pod', inode(outside))).toBe(false);
    expect(await peersByNamespace(at('/proc/self/ns/net')).listens('pod', inode(outside))).toBe(true);
  });

  it('decides whether a launcher is talked to', async (context) => {
    needs(context);
    makeNamespace();
    const folder = join(root, ...emptyDirectory('pod', 'sockets'));
    mkdirSync(folder, { recursive: true });
    const hypervisor = stack.use(await createMockHypervisor({ stateDir: join(root, 'state') }));
    stack.use(
      await serveLauncher({
        hypervisor,
        socketPath: join(folder, 'launcher-sock'),
        vmi: { namespace: 'default', name: 'vm', uid: 'u' },
        facts: async () => Promise.reject(new Error('not asked for')),
        configureDhcp: async () => undefined,
      }),
    );
    const logs: string[] = [];
    const log = (message: string, fields: object = {}) =>
      void logs.push(`${message} ${JSON.stringify(fields)}`);
    const look = async (namespaces: PodNamespaces): Promise<string> => {
      await using launchers = new Launchers({
        kubeletRoot: root,
        owners: [process.getuid?.() ?? 0],
        peers: peersByNamespace(namespaces),
        clock: systemClock,
        logger: { debug: log, info: log, warn: log, error: log },
        onChange: () => undefined,
      });
      return (await launchers.look('pod')).kind;
    };
    expect(await look(at('/proc/self/ns/net'))).toBe('ready');
    expect(await look(inPod())).toBe('silent');
    expect(logs.join('\n')).toContain('no process of Pod pod listens');
  });
});
