import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { run, type CommandResult } from '../../support/command.ts';
import { addresses, machineNames, type Settings } from './settings.ts';

/**
 * The network of a cluster on this machine. Each node has a network namespace, so all rules and bridges of its own are in
 * there and go with it. The machine has a bridge that connects the nodes, routes to Pods and Services, so that tests reach
 * them as any machine of the network would, and address translation for what Pods want of the world.
 */
export async function connectNodes(settings: Settings): Promise<void> {
  const names = machineNames(settings);
  const at = addresses(settings);
  if (!(await linkExists(names.bridge))) await ip('link', 'add', names.bridge, 'type', 'bridge');
  await ip('address', 'replace', `${at.machine}/24`, 'dev', names.bridge);
  await enableIpv6(names.bridge);
  await addAddress6([], at.ipv6.machine, names.bridge);
  await ip('link', 'set', names.bridge, 'up');
  for (let index = 1; index <= settings.nodes; index += 1) await connectNode(settings, index);
  // Any node passes on to any Service; the first one is always there.
  await ip('route', 'replace', at.services, 'via', at.node(1));
  await ip('-6', 'route', 'replace', at.ipv6.services, 'via', at.ipv6.node(1));
  await run(['nft', '-f', '-'], {
    input: `
      table ip ${names.table}
      delete table ip ${names.table}
      table ip ${names.table} {
        chain postrouting {
          type nat hook postrouting priority srcnat;
          ip saddr ${at.everything} ip daddr != ${at.everything} masquerade
        }
      }`,
  });
}

async function connectNode(settings: Settings, index: number): Promise<void> {
  const names = machineNames(settings);
  const at = addresses(settings);
  const namespace = names.networkNamespace(index);
  if (!existsSync(`/run/netns/${namespace}`)) await ip('netns', 'add', namespace);
  const link = names.link(index);
  if (!(await linkExists(link))) {
    await ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    await ip('link', 'set', link, 'master', names.bridge, 'up');
  }
  const inside = ['-n', namespace];
  await ip(...inside, 'link', 'set', 'lo', 'up');
  await ip(...inside, 'address', 'replace', `${at.node(index)}/24`, 'dev', 'eth0');
  await addAddress6(inside, at.ipv6.node(index), 'eth0');
  await ip(...inside, 'link', 'set', 'eth0', 'up');
  // Of IPv4 only: the machine passes nothing else on, and who tries is told so at once.
  await ip(...inside, 'route', 'replace', 'default', 'via', at.machine);
  for (let other = 1; other <= settings.nodes; other += 1) {
    if (other === index) continue;
    await ip(...inside, 'route', 'replace', at.podsOf(other), 'via', at.node(other));
    await ip(...inside, '-6', 'route', 'replace', at.ipv6.podsOf(other), 'via', at.ipv6.node(other));
  }
  for (const setting of ['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding'])
    await ip('netns', 'exec', namespace, 'sysctl', '-qw', `${setting}=1`);
  await ip('route', 'replace', at.podsOf(index), 'via', at.node(index));
  await ip('-6', 'route', 'replace', at.ipv6.podsOf(index), 'via', at.ipv6.node(index));
}

/** Some machines have IPv6 turned off for devices that are made; this one has no use without it. */
async function enableIpv6(link: string): Promise<void> {
  try {
    await writeFile(`/proc/sys/net/ipv6/conf/${link}/disable_ipv6`, '0');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new Error('the kernel has no IPv6, and clusters have addresses of both families', { cause });
  }
}

/** Nobody else can have it, and an address that is still being looked for cannot be used. */
const addAddress6 = (inside: readonly string[], address: string, link: string): Promise<CommandResult> =>
  ip(...inside, '-6', 'address', 'replace', `${address}/64`, 'dev', link, 'nodad');

/** Removes everything that `connectNodes` made, also what is left of it when it did not come to its end. */
export async function disconnectNodes(settings: Pick<Settings, 'id'>): Promise<void> {
  const names = machineNames(settings);
  for (let index = 1; index <= 9; index += 1) {
    if (await linkExists(names.link(index))) await ip('link', 'delete', names.link(index));
    const namespace = names.networkNamespace(index);
    if (existsSync(`/run/netns/${namespace}`)) await ip('netns', 'delete', namespace);
  }
  // Routes go with the bridge.
  if (await linkExists(names.bridge)) await ip('link', 'delete', names.bridge);
  await run(['nft', '-f', '-'], { input: `table ip ${names.table}\ndelete table ip ${names.table}\n` });
}

const ip = (...args: string[]): Promise<CommandResult> => run(['ip', ...args]);

async function linkExists(name: string): Promise<boolean> {
  const { stdout } = await run(['ip', '-json', 'link', 'show']);
  return z
    .array(z.object({ ifname: z.string() }))
    .parse(JSON.parse(stdout))
    .some(({ ifname }) => ifname === name);
}
