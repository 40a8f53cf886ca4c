import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requires } from '@virtkit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { namedNamespaces, namespacesOfProcesses } from '../../src/network/namespaces.ts';
import { PodProcesses } from '../../src/pods/pod-processes.ts';

const podUid = '5b0c1c5e-6c0d-4c41-9a35-0a1b2c3d4e5f';

let proc: string;
let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
  proc = mkdtempSync(join(tmpdir(), 'proc-'));
  stack.defer(() => rmSync(proc, { recursive: true }));
  mkdirSync(join(proc, 'self'));
  writeFileSync(join(proc, 'self', 'cgroup'), '0::/\n');
});
afterEach(() => stack.disposeAsync());

/** Runs a program that waits, and says that it is of the Pod. */
async function start(...before: string[]): Promise<number> {
  const [program, ...args] = [...before, 'sh', '-c', 'echo up; exec cat'];
  const child: ChildProcess = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  stack.defer(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  await once(child.stdout!, 'data');
  mkdirSync(join(proc, String(child.pid)));
  writeFileSync(join(proc, String(child.pid), 'cgroup'), `0::/kubepods/pod${podUid}/c\n`);
  writeFileSync(join(proc, String(child.pid), 'stat'), readFileSync(`/proc/${child.pid}/stat`));
  return child.pid!;
}

const open = () => namespacesOfProcesses(new PodProcesses(proc)).open(podUid);

describe("network namespaces by the Pod's processes", () => {
  it('are those of the oldest process, and stay open when it ends', async (context) => {
    requires(context, { kind: 'root' }, { kind: 'command', name: 'ip', package: 'iproute2' });
    const name = `vkt-${randomBytes(4).toString('hex')}`;
    execFileSync('ip', ['netns', 'add', name]);
    stack.defer(() => void execFileSync('ip', ['netns', 'delete', name]));
    const pid = await start('ip', 'netns', 'exec', name);
    const inode = readlinkSync(`/proc/${pid}/ns/net`);
    await using namespace = await open();
    process.kill(pid, 'SIGKILL');
    rmSync(join(proc, String(pid)), { recursive: true });
    const seen = execFileSync('nsenter', [`--net=${namespace.path}`, 'readlink', '/proc/self/ns/net'], {
      encoding: 'utf8',
    });
    expect(seen.trim()).toBe(inode);
    await expect(open()).rejects.toMatchObject({ code: 'pod-network-missing' });
  });

  it('are not those that a process made for itself', async (context) => {
    requires(context, { kind: 'root' }, { kind: 'command', name: 'unshare', package: 'util-linux' });
    await start('unshare', '--user', '--net');
    await expect(open()).rejects.toMatchObject({
      code: 'pod-network-failed',
      message: expect.stringContaining('user namespace'),
    });
  });

  it('are not that of the machine', async (context) => {
    requires(context, { kind: 'root' });
    await start();
    await expect(open()).rejects.toMatchObject({
      code: 'pod-network-failed',
      message: expect.stringContaining('network of the machine'),
    });
  });

  it('are missing while the Pod has no process', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'pod-network-missing' });
  });
});

it('are named by the embedded kubelet', async () => {
  await using namespace = await namedNamespaces('virtkit-').open(podUid);
  expect(namespace.path).toBe(`/run/netns/virtkit-${podUid}`);
  await expect(namedNamespaces('virtkit-').open('../x')).rejects.toMatchObject({ code: 'unsafe-path' });
});
