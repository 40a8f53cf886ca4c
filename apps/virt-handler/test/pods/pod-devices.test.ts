import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requires } from '@virtkit/testing';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { devicesOfRuntime } from '../../src/pods/pod-devices.ts';
import { PodProcesses } from '../../src/pods/pod-processes.ts';

const podUid = '5b0c1c5e-6c0d-4c41-9a35-0a1b2c3d4e5f';
const needs = (context: TestContext): void =>
  requires(context, { kind: 'root' }, { kind: 'command', name: 'busybox', package: 'busybox-static' });

let root: string;
let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
  root = mkdtempSync(join(tmpdir(), 'pod-devices-'));
  stack.defer(() => rmSync(root, { recursive: true }));
  for (const folder of ['proc/self', 'node/dev', 'container/dev/net', 'container/bin'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'proc', 'self', 'cgroup'), '0::/\n');
});
afterEach(() => stack.disposeAsync());

const inContainer = (path: string): string => join(root, 'container', path);
const makeDevice = (path: string, minor: number): void =>
  void execFileSync('mknod', ['--mode=0600', path, 'c', '1', String(minor)]);
const ownerOf = (path: string): number => lstatSync(inContainer(path)).uid;

/** A process in a container, as far as its root folder is concerned, and the devices of its node. */
async function startContainer(): Promise<void> {
  makeDevice(join(root, 'node', 'dev', 'kvm'), 3);
  mkdirSync(join(root, 'node', 'dev', 'net'));
  makeDevice(join(root, 'node', 'dev', 'net', 'tun'), 5);
  const busybox = execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim();
  execFileSync('cp', [busybox, inContainer('bin/busybox')]);
  const child = spawn(
    'chroot',
    [join(root, 'container'), '/bin/busybox', 'sh', '-c', 'echo up; exec /bin/busybox cat'],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  stack.defer(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  await once(child.stdout, 'data');
  const folder = join(root, 'proc', String(child.pid));
  mkdirSync(folder);
  writeFileSync(join(folder, 'cgroup'), `0::/kubepods/pod${podUid}/c\n`);
  writeFileSync(join(folder, 'stat'), readFileSync(`/proc/${child.pid}/stat`));
}

const give = (): Promise<void> =>
  devicesOfRuntime({
    processes: new PodProcesses(join(root, 'proc')),
    paths: ['/dev/kvm', '/dev/net/tun', '/dev/vhost-net'],
    deviceRoot: join(root, 'node'),
    owner: 107,
  }).give(podUid);

describe('device files of a Pod', () => {
  it('become those of its launcher, also when asked again', async (context) => {
    needs(context);
    await startContainer();
    makeDevice(inContainer('dev/net/tun'), 5);
    await give();
    await give();
    expect(ownerOf('dev/net/tun')).toBe(107);
    expect(lstatSync(join(root, 'node', 'dev', 'net', 'tun')).uid).toBe(0);
    // A Pod without a device is not given it.
    expect(() => ownerOf('dev/kvm')).toThrow('ENOENT');
  });

  it("are left alone when they are the node's own", async (context) => {
    needs(context);
    await startContainer();
    execFileSync('ln', [join(root, 'node', 'dev', 'kvm'), inContainer('dev/kvm')]);
    await give();
    expect(ownerOf('dev/kvm')).toBe(0);
  });

  it.for<[string, () => void]>([
    ['another device', () => makeDevice(inContainer('dev/kvm'), 5)],
    ['a file', () => writeFileSync(inContainer('dev/kvm'), '')],
    [
      'a link to the right device',
      () => {
        makeDevice(inContainer('right'), 3);
        symlinkSync('/right', inContainer('dev/kvm'));
      },
    ],
    [
      'a folder that is a link',
      () => {
        renameSync(inContainer('dev'), inContainer('elsewhere'));
        makeDevice(inContainer('elsewhere/kvm'), 3);
        symlinkSync('/elsewhere', inContainer('dev'));
      },
    ],
  ])('are not %s', async ([, plant], context) => {
    needs(context);
    await startContainer();
    plant();
    await expect(give()).rejects.toMatchObject({ code: 'unsafe-path' });
  });
});
