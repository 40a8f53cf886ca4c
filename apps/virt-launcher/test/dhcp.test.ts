import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DhcpSpecInput } from '@virtkit/launcher-api';
import { requires, waitUntil } from '@virtkit/testing';
import { describe, expect, it, type TestContext } from 'vitest';
import { LauncherFolders, RunningLauncher } from './running-launcher.ts';

const namespace = `virtkit-dhcp-${process.pid}`;
const guest = `${namespace}-guest`;
const mac = '02:00:00:00:00:42';

function requireNetwork(context: TestContext): void {
  requires(
    context,
    { kind: 'root' },
    { kind: 'command', name: 'dnsmasq', package: 'dnsmasq-base' },
    { kind: 'command', name: 'ip', package: 'iproute2' },
    { kind: 'command', name: 'busybox', package: 'busybox-static' },
  );
}

/** A Pod's namespace with a bridge, and a guest's namespace with one network card on it. */
class Network implements Disposable {
  constructor(bridgeAddress = '10.0.2.1/24') {
    const ip = (...args: string[]) => execFileSync('ip', args);
    ip('netns', 'add', namespace);
    ip('netns', 'add', guest);
    const inPod = (...args: string[]) => ip('-n', namespace, ...args);
    inPod('link', 'add', 'k6t-eth0', 'type', 'bridge');
    inPod('address', 'add', bridgeAddress, 'dev', 'k6t-eth0');
    inPod('link', 'add', 'port', 'type', 'veth', 'peer', 'name', 'eth0', 'address', mac, 'netns', guest);
    inPod('link', 'set', 'port', 'master', 'k6t-eth0');
    for (const link of ['k6t-eth0', 'port']) inPod('link', 'set', link, 'up');
    ip('-n', guest, 'link', 'set', 'eth0', 'up');
  }

  /** What a DHCP client is given, as udhcpc names it. */
  lease(folder: string): Record<string, string> {
    const script = join(folder, 'udhcpc.sh');
    const result = join(folder, 'lease.env');
    writeFileSync(script, `#!/bin/sh\n[ "$1" = bound ] && env > ${result}\nexit 0\n`);
    chmodSync(script, 0o755);
    const client = ['busybox', 'udhcpc', '-i', 'eth0', '-f', '-q', '-n', '-t', '10', '-T', '1', '-s', script];
    const wanted = ['-O', 'mtu', '-O', 'search', '-O', 'dns', '-O', 'domain', '-O', 'hostname'];
    for (const code of ['staticroutes', 'tftp', 'bootfile', 'ntpsrv', '240', '241']) wanted.push('-O', code);
    execFileSync('ip', ['netns', 'exec', guest, ...client, ...wanted], { stdio: 'pipe' });
    return Object.fromEntries(
      readFileSync(result, 'utf8')
        .split('\n')
        .map((line) => line.split(/=(.*)/s, 2) as [string, string]),
    );
  }

  [Symbol.dispose](): void {
    for (const name of [guest, namespace]) execFileSync('ip', ['netns', 'delete', name]);
  }
}

const served: DhcpSpecInput = {
  interfaces: [
    {
      bridge: 'k6t-eth0',
      gateway: '10.0.2.1',
      prefix: 24,
      guestAddress: '10.0.2.2',
      mac,
      mtu: 1450,
      hostname: 'vm',
      dns: ['10.96.0.10'],
      searchDomains: ['default.svc.cluster.local', 'cluster.local'],
    },
  ],
};

/** Process ids of dnsmasq below a process. */
function servers(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const status = statusOf(pid);
      return status?.includes(`\nPPid:\t${parent}\n`) && status.startsWith('Name:\tdnsmasq\n');
    });
}

function statusOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch (error) {
    // A process may end between the listing and the reading.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) {
      return undefined;
    }
    throw error;
  }
}

describe('DHCP', () => {
  it('gives the guest its address and all that belongs to it, until the launcher ends', async (context) => {
    requireNetwork(context);
    using folders = new LauncherFolders();
    using network = new Network();
    await using launcher = new RunningLauncher(folders.flags(), ['ip', 'netns', 'exec', namespace]);
    await using client = await launcher.connect(folders.socketPath);
    const pid = launcher.child.pid!;

    await client.configureDhcp(served);
    const [first] = servers(pid);
    expect(network.lease(folders.root)).toMatchObject({
      ip: '10.0.2.2',
      mask: '24',
      router: '10.0.2.1',
      mtu: '1450',
      dns: '10.96.0.10',
      domain: 'default.svc.cluster.local',
      search: 'default.svc.cluster.local cluster.local',
      hostname: 'vm',
    });

    await client.configureDhcp(served);
    expect(servers(pid)).toEqual([first]);

    process.kill(first!, 'SIGKILL');
    const [again] = await waitUntil('dnsmasq to be started again', () => {
      const running = servers(pid).filter((one) => one !== first);
      return running.length > 0 && running;
    });
    expect(again).toBeDefined();

    await client.configureDhcp({ interfaces: [] });
    expect(servers(pid)).toEqual([]);

    await client.configureDhcp(served);
    const [last] = servers(pid);
    launcher.child.kill('SIGTERM');
    expect(await launcher.ended).toBe(0);
    expect(statusOf(last!)).toBeUndefined();
  });

  it('gives a guest on the network outside its address there, its routes and its own options', async (context) => {
    requireNetwork(context);
    using folders = new LauncherFolders();
    using network = new Network('169.254.75.10/32');
    await using launcher = new RunningLauncher(folders.flags(), ['ip', 'netns', 'exec', namespace]);
    await using client = await launcher.connect(folders.socketPath);
    await client.configureDhcp({
      interfaces: [
        {
          ...served.interfaces[0]!,
          guestAddress: '10.88.0.7',
          prefix: 16,
          gateway: '10.88.0.1',
          foreignNetwork: true,
          routes: [
            { destination: '192.168.9.0/24', gateway: '10.88.0.9' },
            { destination: '169.254.1.1/32' },
          ],
          options: {
            bootFileName: 'pxe,linux.0',
            tftpServerName: 'tftp.example',
            ntpServers: ['10.88.0.2', '10.88.0.3'],
            privateOptions: [
              { code: 240, value: 'one, "two"' },
              { code: 241, value: 'x' },
            ],
          },
        },
      ],
    });
    const hex = (text: string): string => Buffer.from(text).toString('hex');
    expect(network.lease(folders.root)).toMatchObject({
      ip: '10.88.0.7',
      mask: '16',
      router: '10.88.0.1',
      serverid: '169.254.75.10',
      staticroutes: '192.168.9.0/24 10.88.0.9 169.254.1.1/32 0.0.0.0 0.0.0.0/0 10.88.0.1',
      tftp: 'tftp.example',
      bootfile: 'pxe,linux.0',
      ntpsrv: '10.88.0.2 10.88.0.3',
      opt240: hex('one, "two"'),
      opt241: hex('x'),
    });
  });

  it('leaves no server when the launcher is killed', async (context) => {
    requireNetwork(context);
    using folders = new LauncherFolders();
    using _network = new Network();
    await using launcher = new RunningLauncher(folders.flags(), ['ip', 'netns', 'exec', namespace]);
    await using client = await launcher.connect(folders.socketPath);
    await client.configureDhcp(served);
    const [server] = servers(launcher.child.pid!);
    launcher.child.kill('SIGKILL');
    await launcher.ended;
    await waitUntil('dnsmasq to be gone', () => {
      const status = statusOf(server!);
      return status === undefined || status.includes('\nState:\tZ');
    });
  });

  it('says which bridge is missing', async (context) => {
    requireNetwork(context);
    using folders = new LauncherFolders();
    using _network = new Network();
    await using launcher = new RunningLauncher(folders.flags(), ['ip', 'netns', 'exec', namespace]);
    await using client = await launcher.connect(folders.socketPath);
    const [one] = served.interfaces;
    await expect(
      client.configureDhcp({ interfaces: [{ ...one!, bridge: 'nobridge' }] }),
    ).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('nobridge'),
    });
    await expect(client.configureDhcp({ interfaces: [one!, one!] })).rejects.toMatchObject({
      code: 'invalid-spec',
    });
    expect(servers(launcher.child.pid!)).toEqual([]);
  });
});
