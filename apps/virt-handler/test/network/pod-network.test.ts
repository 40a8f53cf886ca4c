import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { requires } from '@virtkit/testing';
import { ensureMasqueradeNetwork } from '../../src/network/pod-network.ts';

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
  const options = { ports: [], ownerUid: 107, cidr: '10.0.2.0/24' };

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
