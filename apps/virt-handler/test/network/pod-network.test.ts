import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { requires } from '@virtkit/testing';
import {
  ensureBridgeNetwork,
  ensureMasqueradeNetwork,
  ensurePasstNetwork,
} from '../../src/network/pod-network.ts';

const made: string[] = [];
const run = (command: string, ...args: string[]): string => execFileSync(command, args, { encoding: 'utf8' });

function makeNamespace(withInterface: boolean): string {
  const name = `vkt-${randomBytes(4).toString('hex')}`;
  run('ip', 'netns', 'add', name);
  made.push(name);
  if (withInterface) {
    run('ip', '-netns', name, 'link', 'add', 'eth0', 'mtu', '1400', 'type', 'veth', 'peer', 'name', 'peer0');
    run('ip', '-netns', name, 'addr', 'add', '10.99.0.7/24', 'dev', 'eth0');
    run('ip', '-netns', name, 'link', 'set', 'eth0', 'up');
  }
  return name;
}

afterEach(() => {
  for (const name of made.splice(0)) run('ip', 'netns', 'del', name);
});

describe('masquerade network in a namespace', () => {
  const cidrs = { ipv4: '10.0.2.0/24', ipv6: 'fd10:0:2::/120' };
  const options = { ports: [], ownerUid: 107, queues: 1, cidrs };

  it('is made once and stays the same when asked for again', async (context) => {
    requires(context, { kind: 'root' }, { kind: 'command', name: 'nft', package: 'nftables' });
    const name = makeNamespace(true);
    const first = await ensureMasqueradeNetwork({ namespace: `/run/netns/${name}`, ...options });
    const links = () =>
      JSON.parse(run('ip', '-netns', name, '-json', 'link', 'show')) as { ifname: string; ifindex: number }[];
    const before = links();
    const second = await ensureMasqueradeNetwork({ namespace: `/run/netns/${name}`, ...options });

    expect(second).toEqual(first);
    expect(first.podAddresses).toEqual(['10.99.0.7']);
    expect(links().map((link) => [link.ifname, link.ifindex])).toEqual(
      before.map((link) => [link.ifname, link.ifindex]),
    );
    expect(before.map((link) => link.ifname)).toEqual(expect.arrayContaining(['k6t-eth0', 'tap0']));
    const rules = run('ip', 'netns', 'exec', name, 'nft', 'list', 'ruleset');
    expect(rules.match(/dnat to 10\.0\.2\.2/g)).toHaveLength(2);
  });

  it('is completed where an earlier attempt was interrupted', async (context) => {
    requires(context, { kind: 'root' }, { kind: 'command', name: 'nft', package: 'nftables' });
    const name = makeNamespace(true);
    run('ip', '-netns', name, 'addr', 'add', 'fd99::7/64', 'dev', 'eth0', 'nodad');
    run('ip', '-netns', name, 'link', 'add', 'k6t-eth0', 'mtu', '1400', 'type', 'bridge');
    await ensureMasqueradeNetwork({ namespace: `/run/netns/${name}`, ...options });
    const addresses = run('ip', '-netns', name, 'addr', 'show', 'k6t-eth0');
    expect(addresses).toContain('10.0.2.1/24');
    expect(addresses).toContain('fd10:0:2::1/120');
  });

  it('has the families that the Pod has addresses of', async (context) => {
    requires(context, { kind: 'root' }, { kind: 'command', name: 'nft', package: 'nftables' });
    const name = makeNamespace(true);
    const both = ['ip', 'netns', 'exec', name] as const;
    run('ip', '-netns', name, 'addr', 'add', 'fd99::7/64', 'dev', 'eth0', 'nodad');
    const made = await ensureMasqueradeNetwork({ namespace: `/run/netns/${name}`, ...options });
    expect(made.podAddresses).toEqual(['10.99.0.7', 'fd99::7']);
    const rules = run(...both, 'nft', 'list', 'table', 'ip6', 'nat');
    expect(rules.match(/dnat to fd10:0:2::2/g)).toHaveLength(2);
    expect(run('ip', '-netns', name, '-6', 'addr', 'show', 'k6t-eth0')).toContain('fd10:0:2::1/120');
    run('ip', '-netns', name, 'addr', 'del', '10.99.0.7/24', 'dev', 'eth0');
    const six = await ensureMasqueradeNetwork({ namespace: `/run/netns/${name}`, ...options });
    expect(six.podAddresses).toEqual(['fd99::7']);
  });

  it('says what is missing', async (context) => {
    requires(context, { kind: 'root' });
    const name = makeNamespace(false);
    await expect(
      ensureMasqueradeNetwork({ namespace: `/run/netns/${name}`, ...options }),
    ).rejects.toMatchObject({
      code: 'pod-network-missing',
      message: expect.stringContaining('eth0'),
    });
    await expect(
      ensureMasqueradeNetwork({ namespace: '/run/netns/vkt-none', ...options }),
    ).rejects.toMatchObject({
      code: 'pod-network-missing',
    });
  });
});

describe('bridge network in a namespace', () => {
  const podMac = '02:00:00:00:00:07';
  const options = { ownerUid: 107, queues: 2 };

  /** A Pod on a network that sends frames back, as the CNI plugins make it, and a neighbour. */
  function makePod(): { pod: string; outside: string } {
    const [outside, pod] = [makeNamespace(false), makeNamespace(false)];
    run('ip', '-netns', outside, 'link', 'add', 'cni0', 'type', 'bridge');
    run('ip', '-netns', outside, 'addr', 'add', '10.99.0.1/24', 'dev', 'cni0');
    const veth = ['type', 'veth', 'peer', 'name', 'eth0', 'address', podMac, 'netns', pod];
    run('ip', '-netns', outside, 'link', 'add', 'host', ...veth);
    run('ip', '-netns', outside, 'link', 'set', 'host', 'master', 'cni0');
    run('ip', '-netns', outside, 'link', 'set', 'host', 'type', 'bridge_slave', 'hairpin', 'on');
    for (const link of ['cni0', 'host']) run('ip', '-netns', outside, 'link', 'set', link, 'up');
    run('ip', '-netns', pod, 'addr', 'add', '10.99.0.7/24', 'dev', 'eth0');
    run('ip', '-netns', pod, 'link', 'set', 'eth0', 'mtu', '1400', 'up');
    run('ip', '-netns', pod, 'route', 'add', 'default', 'via', '10.99.0.1');
    run('ip', '-netns', pod, 'route', 'add', '192.168.9.0/24', 'via', '10.99.0.9');
    return { pod, outside };
  }

  it('hands the address of the Pod over, once, and still knows it when asked again', async (context) => {
    requires(context, { kind: 'root' }, { kind: 'command', name: 'ip', package: 'iproute2' });
    const { pod } = makePod();
    const namespace = `/run/netns/${pod}`;
    const first = await ensureBridgeNetwork({ namespace, ...options });
    expect(first).toEqual({
      bridge: 'k6t-eth0',
      tap: 'tap0',
      mtu: 1400,
      mac: podMac,
      podAddresses: ['10.99.0.7'],
      lease: {
        address: '10.99.0.7',
        prefix: 24,
        gateway: '10.99.0.1',
        routes: [{ destination: '192.168.9.0/24', gateway: '10.99.0.9' }],
      },
    });
    expect(await ensureBridgeNetwork({ namespace, ...options })).toEqual(first);
    const names = (JSON.parse(run('ip', '-netns', pod, '-json', 'link', 'show')) as { ifname: string }[]).map(
      ({ ifname }) => ifname,
    );
    expect(names).toEqual(expect.arrayContaining(['eth0', 'eth0-nic', 'k6t-eth0', 'tap0']));
  });

  it('lets only the guest answer for the address', async (context) => {
    requires(context, { kind: 'root' }, { kind: 'command', name: 'busybox', package: 'busybox-static' });
    const { pod, outside } = makePod();
    await ensureBridgeNetwork({ namespace: `/run/netns/${pod}`, ...options });
    const ping = (): string =>
      spawnSync('ip', ['netns', 'exec', outside, 'busybox', 'ping', '-c', '1', '-W', '2', '10.99.0.7'], {
        encoding: 'utf8',
      }).stdout;
    expect(ping()).toMatch(/100% packet loss/);
    // A stand-in for the guest: its network card is a port of the bridge.
    const guest = makeNamespace(false);
    const veth = ['type', 'veth', 'peer', 'name', 'eth0', 'address', podMac, 'netns', guest];
    run('ip', '-netns', pod, 'link', 'add', 'card', ...veth);
    run('ip', '-netns', pod, 'link', 'set', 'card', 'master', 'k6t-eth0', 'up');
    run('ip', '-netns', guest, 'addr', 'add', '10.99.0.7/24', 'dev', 'eth0');
    run('ip', '-netns', guest, 'link', 'set', 'eth0', 'up');
    run('ip', '-netns', outside, 'neigh', 'flush', 'all');
    expect(ping()).toMatch(/ 0% packet loss/);
  });

  it('refuses a Pod that an earlier attempt left half done, and one without a way out', async (context) => {
    requires(context, { kind: 'root' });
    const half = makeNamespace(true);
    run('ip', '-netns', half, 'link', 'add', 'k6t-eth0', 'type', 'bridge');
    const failed = { code: 'pod-network-failed' };
    await expect(ensureBridgeNetwork({ namespace: `/run/netns/${half}`, ...options })).rejects.toMatchObject(
      failed,
    );
    const closed = makeNamespace(true);
    await expect(
      ensureBridgeNetwork({ namespace: `/run/netns/${closed}`, ...options }),
    ).rejects.toMatchObject(failed);
  });
});

describe('a namespace for passt', () => {
  it("lets the launcher's user open any port and send echo requests, and stays as it is otherwise", async (context) => {
    requires(context, { kind: 'root' });
    const name = makeNamespace(true);
    run('ip', '-netns', name, 'addr', 'add', 'fd99::7/64', 'dev', 'eth0', 'nodad');
    const addresses = () => run('ip', '-netns', name, 'addr', 'show');
    const before = addresses();
    const options = { namespace: `/run/netns/${name}`, ownerUid: 107, queues: 1 };
    const made = await ensurePasstNetwork(options);
    expect(made).toEqual({ device: 'eth0', mtu: 1400, podAddresses: ['10.99.0.7', 'fd99::7'] });
    expect(await ensurePasstNetwork(options)).toEqual(made);
    expect(addresses()).toBe(before);
    const read = (key: string) => run('ip', 'netns', 'exec', name, 'cat', `/proc/sys/net/ipv4/${key}`).trim();
    expect(read('ip_unprivileged_port_start')).toBe('0');
    expect(read('ping_group_range').split(/\s+/)).toEqual(['107', '107']);
  });
});
