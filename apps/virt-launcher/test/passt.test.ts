import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, chownSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { parseMachineSpec, type MachineSpec } from '@virtkit/hal';
import { requires, waitUntil } from '@virtkit/testing';
import { smallMachine } from '@virtkit/testing/small-machine';
import { expect, it, type TestContext } from 'vitest';
import { LauncherFolders, RunningLauncher } from './running-launcher.ts';

const pod = `virtkit-passt-${process.pid}`;
const outside = `${pod}-out`;
const guest = fileURLToPath(new URL('../../../build/guest/', import.meta.url));
/** A user that libvirtd finds on every machine; launchers run as another one in their images. */
const user = 65_534;
const bootMs = 240_000;

function requireNetwork(context: TestContext): void {
  requires(
    context,
    { kind: 'root' },
    { kind: 'command', name: 'ip', package: 'iproute2' },
    { kind: 'command', name: 'curl', package: 'curl' },
    { kind: 'command', name: 'passt', package: 'passt' },
  );
}

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8', stdio: 'pipe' });
const run = promisify(execFile);

/** A Pod's network as CNI and virt-handler leave it, and the network outside of it. */
class Network implements Disposable {
  constructor() {
    for (const name of [pod, outside]) {
      ip('netns', 'add', name);
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    const set = `echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start`;
    ip(
      'netns',
      'exec',
      pod,
      'sh',
      '-c',
      `${set}; echo ${user} ${user} > /proc/sys/net/ipv4/ping_group_range`,
    );
    ip(
      ...['-n', pod, 'link', 'add', 'eth0', 'mtu', '1400'],
      ...['type', 'veth', 'peer', 'name', 'eth0', 'mtu', '1400', 'netns', outside],
    );
    for (const [name, end] of [
      [pod, 5],
      [outside, 1],
    ] as const) {
      ip('-n', name, 'address', 'add', `10.244.0.${end}/24`, 'dev', 'eth0');
      ip('-n', name, 'address', 'add', `fd44::${end}/64`, 'dev', 'eth0', 'nodad');
      ip('-n', name, 'link', 'set', 'eth0', 'up');
    }
    ip('-n', pod, 'route', 'add', 'default', 'via', '10.244.0.1');
    ip('-n', pod, '-6', 'route', 'add', 'default', 'via', 'fd44::1');
  }

  /** A launcher in the Pod, with no rights and no way to get any. */
  launcher(folders: LauncherFolders): RunningLauncher {
    for (const folder of [folders.root, join(folders.root, 'sock')]) chownSync(folder, user, user);
    chmodSync(folders.root, 0o755);
    return new RunningLauncher(
      [...folders.flags(), '--hypervisor', 'kvm-qemu'],
      [
        ...['ip', 'netns', 'exec', pod, 'setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups'],
        ...['--inh-caps=-all', '--bounding-set=-all', '--no-new-privs', '--'],
      ],
    );
  }

  /** What the network outside is answered. */
  async page(url: string): Promise<string> {
    const get = ['curl', '--silent', '--show-error', '--globoff', '--max-time', '5', url];
    return (await run('ip', ['netns', 'exec', outside, ...get], { timeout: 20_000 })).stdout;
  }

  [Symbol.dispose](): void {
    // A launcher that is ended by force leaves its machine, which in a Pod ends with it.
    for (const pid of processes()) end(pid);
    for (const name of [outside, pod]) ip('netns', 'delete', name);
  }
}

const machine = (id: string, mac: string): MachineSpec =>
  parseMachineSpec(
    smallMachine({
      id,
      name: `default_${id}`,
      acceleration: 'emulation',
      cpu: { sockets: 1, cores: 1, threads: 1, model: { kind: 'default' } },
      memory: { sizeBytes: 192 * 2 ** 20, backing: { anonymousFile: true, shared: true } },
      firmware: {
        uuid: crypto.randomUUID(),
        kernel: {
          path: join(guest, 'vmlinuz'),
          initrdPath: join(guest, 'initramfs.gz'),
          commandLine: 'console=ttyS0 quiet',
        },
      },
      disks: [],
      interfaces: [
        {
          id: 'default',
          model: 'virtio',
          mac,
          mtu: 1400,
          backend: {
            kind: 'passt',
            device: 'eth0',
            forwards: [{ protocol: 'tcp', ranges: [{ start: 80 }] }],
          },
        },
      ],
    }),
    'kvm-qemu',
  );

/** Process ids of all that runs in the Pod. */
const processes = (): number[] => ip('netns', 'pids', pod).split('\n').filter(Boolean).map(Number);

/** Does something to a process that may end meanwhile. */
function unlessGone<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

const end = (pid: number): unknown => unlessGone(() => process.kill(pid, 'SIGKILL'));

/** Those of passt. */
const passts = (): number[] =>
  processes().filter(
    (pid) => unlessGone(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.split('\0')[0] === 'passt',
  );

it(
  "passt carries a guest's packets as its Pod's, is replaced when it dies and ends with the machine",
  async (context) => {
    requireNetwork(context);
    using folders = new LauncherFolders();
    using network = new Network();
    await using launcher = network.launcher(folders);
    await using client = await launcher.connect(folders.socketPath);
    const spec = machine('web', '02:00:00:00:00:42');
    const web = await client.hypervisor.define(spec);
    await web.start();
    const seen = async () => (await web.observe()).interfaces[0];
    expect(await seen()).toEqual({
      id: 'default',
      mac: '02:00:00:00:00:42',
      linkUp: true,
      process: { running: true },
    });

    await waitUntil('the guest agent', async () => (await web.observe()).guestAgent.connected, {
      timeoutMs: bootMs,
    });
    const inGuest = async (command: string) => {
      const { exitCode, stdout } = await web.facet('guestAgent').exec(['/bin/sh', '-c', command]);
      if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}: ${stdout}`);
      return stdout.trim();
    };
    expect(await inGuest('cat /sys/class/net/eth0/mtu')).toBe('1400');
    const addresses = async () => {
      const { interfaces } = await web.facet('guestAgent').info();
      return interfaces
        .find(({ mac }) => mac === '02:00:00:00:00:42')
        ?.addresses.map(({ address }) => address);
    };
    const leased = ['10.244.0.5', 'fd44::5'];
    const own = await waitUntil('addresses of both families', async () => {
      const all = (await addresses()) ?? [];
      const announced = all.find((address) => address.startsWith('fd44:') && !leased.includes(address));
      return leased.every((address) => all.includes(address)) && announced;
    });
    // passt takes connections to where it has seen the guest speak from last, and to nowhere once the guest has asked whether an IPv6
    // address is free (DAD), which it does without an address. So it is to speak when it is sure of both that it has.
    for (const [gateway, from] of [
      ['fd44::1', own],
      ['fd44::1', 'fd44::5'],
      ['10.244.0.1', '10.244.0.5'],
    ])
      await waitUntil(`an answer of ${gateway} to ${from}`, () =>
        inGuest(`ping -c 1 -W 5 -I ${from} ${gateway}`),
      );

    const page = (host: string, port = 80) => network.page(`http://${host}:${port}/`);
    const served = (host: string) => waitUntil(`the page of ${host}`, () => page(host));
    expect(await served('10.244.0.5')).toContain('hello from');
    expect(await served('[fd44::5]')).toContain('hello from');
    await expect(page('10.244.0.5', 8080)).rejects.toThrow(/connect/i);

    // The port is taken in this Pod: the other machine has no network, and so does not start.
    const other = await client.hypervisor.define(machine('other', '02:00:00:00:00:43'));
    await expect(other.start()).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('passt of interface default'),
    });
    expect((await other.observe()).state).toEqual({ kind: 'defined' });
    await other.undefine();

    const [first, ...more] = passts();
    expect(more).toEqual([]);
    end(first!);
    await waitUntil('another passt', async () => (await seen())?.process?.lastFailure !== undefined);
    expect((await seen())?.process).toMatchObject({
      running: true,
      lastFailure: { message: expect.stringContaining('SIGKILL') },
    });
    expect(await served('10.244.0.5')).toContain('hello from');

    await web.stop('force');
    await waitUntil('the end of passt', () => passts().length === 0);
    await web.undefine();
  },
  2 * bootMs,
);
