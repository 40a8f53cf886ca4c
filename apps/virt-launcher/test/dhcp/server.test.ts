import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DhcpSpecInput } from '@virtkit/launcher-api';
import { requires } from '@virtkit/testing';
import { describe, expect, it, type TestContext } from 'vitest';
import { LauncherFolders, RunningLauncher } from '../running-launcher.ts';

const namespace = `virtkit-dhcp-${process.pid}`;
const guest = `${namespace}-guest`;
const mac = '02:00:00:00:00:42';

function requireNetwork(context: TestContext): void {
  requires(
    context,
    { kind: 'root' },
    { kind: 'command', name: 'ip', package: 'iproute2' },
    { kind: 'command', name: 'busybox', package: 'busybox-static' },
  );
}

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8', stdio: 'pipe' });
const inPod = (...args: string[]): string => ip('-n', namespace, ...args);

/** User that launchers run as. */
const user = 107;

/**
 * A Pod's namespace with an interface to the network outside and a bridge, and a guest's namespace with one network card on the
 * bridge; as virt-handler prepares them for a launcher without any right.
 */
class Network implements Disposable {
  readonly #bridgeAddress: string;

  constructor(bridgeAddress = '10.0.2.1/24') {
    this.#bridgeAddress = bridgeAddress;
    ip('netns', 'add', namespace);
    ip('netns', 'add', guest);
    ip('netns', 'exec', namespace, 'sh', '-c', 'echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start');
    inPod('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'outside');
    inPod('address', 'add', '10.244.0.5/24', 'dev', 'eth0');
    for (const link of ['eth0', 'outside']) inPod('link', 'set', link, 'up');
    inPod('route', 'add', 'default', 'via', '10.244.0.1');
    inPod('link', 'add', 'port', 'type', 'veth', 'peer', 'name', 'eth0', 'address', mac, 'netns', guest);
    this.#makeBridge();
    ip('-n', guest, 'link', 'set', 'eth0', 'up');
  }

  #makeBridge(): void {
    inPod('link', 'add', 'k6t-eth0', 'type', 'bridge');
    inPod('address', 'add', this.#bridgeAddress, 'dev', 'k6t-eth0');
    inPod('link', 'set', 'port', 'master', 'k6t-eth0');
    inPod('link', 'set', 'k6t-eth0', 'up');
  }

  remakeBridge(): void {
    inPod('link', 'delete', 'k6t-eth0');
    this.#makeBridge();
  }

  /** A launcher in the Pod, with no rights and no way to get any. */
  launcher(folders: LauncherFolders): RunningLauncher {
    for (const folder of [folders.root, join(folders.root, 'sock')]) chownSync(folder, user, user);
    return new RunningLauncher(folders.flags(), [
      ...[
        'ip',
        'netns',
        'exec',
        namespace,
        'setpriv',
        `--reuid=${user}`,
        `--regid=${user}`,
        '--clear-groups',
      ],
      ...['--inh-caps=-all', '--bounding-set=-all', '--no-new-privs', '--'],
    ]);
  }

  /** The address that a client of DHCPv6 is given, in hexadecimal. */
  lease6(): string {
    inPod('link', 'set', 'port', 'up');
    const program = fileURLToPath(new URL('../programs/dhcp6-client.ts', import.meta.url));
    return execFileSync('ip', ['netns', 'exec', guest, process.execPath, program, 'eth0'], {
      encoding: 'utf8',
      timeout: 30_000,
    }).trim();
  }

  /** Sockets of the Pod on the server's port. */
  ports(port = 67): string[] {
    const listed = ip(
      'netns',
      'exec',
      namespace,
      'ss',
      '--no-header',
      '--udp',
      '--all',
      '--numeric',
      '--extended',
    );
    return listed.split('\n').filter((line) => line.includes(`:${port} `));
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
    // Until then the bridge has no carrier, as before QEMU opens the tap.
    inPod('link', 'set', 'port', 'up');
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

/** A launcher that runs in such a Pod, and whoever gives it orders. */
async function startPod(context: TestContext, bridgeAddress?: string) {
  requireNetwork(context);
  await using resources = new AsyncDisposableStack();
  const folders = resources.use(new LauncherFolders());
  const network = resources.use(new Network(bridgeAddress));
  const launcher = resources.use(network.launcher(folders));
  const client = resources.use(await launcher.connect(folders.socketPath));
  const kept = resources.move();
  return {
    network,
    launcher,
    client,
    lease: () => network.lease(folders.root),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
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

describe('DHCP', () => {
  it('gives the guest its address and all that belongs to it, until the launcher ends', async (context) => {
    await using pod = await startPod(context);
    const { client, network } = pod;
    await client.configureDhcp(served);
    expect(pod.lease()).toMatchObject({
      ip: '10.0.2.2',
      mask: '24',
      router: '10.0.2.1',
      serverid: '10.0.2.1',
      mtu: '1450',
      dns: '10.96.0.10',
      domain: 'default.svc.cluster.local',
      search: 'default.svc.cluster.local cluster.local',
      hostname: 'vm',
      lease: String(999 * 86_400),
    });
    expect(network.ports()).toHaveLength(2);

    const before = network.ports();
    await client.configureDhcp(served);
    expect(network.ports()).toEqual(before);

    await client.configureDhcp({ interfaces: [] });
    expect(network.ports()).toEqual([]);

    await client.configureDhcp(served);
    expect(pod.lease()).toMatchObject({ ip: '10.0.2.2' });
    pod.launcher.child.kill('SIGTERM');
    expect(await pod.launcher.ended).toBe(0);
    expect(network.ports()).toEqual([]);
  });

  it('gives a guest on the network outside its address there, its routes and its own options', async (context) => {
    await using pod = await startPod(context, '169.254.75.10/32');
    const { client } = pod;
    await client.configureDhcp({
      interfaces: [
        {
          ...served.interfaces[0]!,
          guestAddress: '10.88.0.7',
          prefix: 16,
          gateway: '10.88.0.1',
          serverAddress: '169.254.75.10',
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
    expect(pod.lease()).toMatchObject({
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

  it('is served again when the bridge was taken away and made anew', async (context) => {
    await using pod = await startPod(context);
    const { client, network } = pod;
    await client.configureDhcp(served);
    network.remakeBridge();
    expect(pod.lease()).toMatchObject({ ip: '10.0.2.2' });
  });

  it('gives the guest an IPv6 address', async (context) => {
    await using pod = await startPod(context);
    const { client, network } = pod;
    await client.configureDhcp({ ...served, ipv6: [{ bridge: 'k6t-eth0', guestAddress: 'fd10:0:2::2' }] });
    expect(network.lease6()).toBe('fd100000000200000000000000000002');
    await client.configureDhcp(served);
    expect(network.ports(547)).toEqual([]);
    await expect(
      client.configureDhcp({ interfaces: [], ipv6: [{ bridge: 'nobridge', guestAddress: 'fd10::2' }] }),
    ).rejects.toMatchObject({ code: 'failed', message: expect.stringContaining('nobridge') });
  });

  it('says which bridge is missing', async (context) => {
    await using pod = await startPod(context);
    const { client, network } = pod;
    const [one] = served.interfaces;
    await expect(
      client.configureDhcp({ interfaces: [{ ...one!, bridge: 'nobridge', gateway: '10.0.3.1' }] }),
    ).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('nobridge'),
    });
    await expect(client.configureDhcp({ interfaces: [one!, one!] })).rejects.toMatchObject({
      code: 'invalid-spec',
    });
    expect(network.ports()).toEqual([]);
  });
});
