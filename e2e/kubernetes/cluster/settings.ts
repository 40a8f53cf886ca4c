import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { run } from '../../support/command.ts';
import { kubernetesMinors } from '../build.ts';
import { freePort } from '../ports.ts';

/** What does not change between `up` and `down`, so that a cluster can be started again, and removed after anything. */
export const SettingsSchema = z.object({
  /** Tells the names that this cluster has on the machine from those of other ones: 6 hexadecimal digits. */
  id: z.string(),
  minor: z.enum(kubernetesMinors),
  nodes: z.int().min(1).max(9),
  /** Second part of every IPv4 address, third of every IPv6 address: see `addresses`. */
  network: z.int().min(0).max(255),
  etcdPort: z.int(),
  etcdPeerPort: z.int(),
  controllerManagerPort: z.int(),
  schedulerPort: z.int(),
});
export type Settings = z.output<typeof SettingsSchema>;

const fileIn = (folder: string): string => join(folder, 'settings.json');

/** @returns undefined when there is no cluster in the folder */
export async function readSettings(folder: string): Promise<Settings | undefined> {
  let content: string;
  try {
    content = await readFile(fileIn(folder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return SettingsSchema.parse(JSON.parse(content));
}

export async function writeSettings(folder: string, settings: Settings): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(`${fileIn(folder)}.new`, JSON.stringify(settings, undefined, 2));
  await rename(`${fileIn(folder)}.new`, fileIn(folder));
}

/**
 * Settings of a new cluster: names, addresses and ports that nobody has.
 * @param others clusters of this machine, which need not be running now
 */
export async function newSettings(
  choice: Pick<Settings, 'minor' | 'nodes'>,
  others: readonly Settings[],
): Promise<Settings> {
  const taken = new Set(others.flatMap(portsOf));
  const ports = new Set<number>();
  while (ports.size < 4) {
    const port = await freePort();
    if (!taken.has(port)) ports.add(port);
  }
  const [etcdPort, etcdPeerPort, controllerManagerPort, schedulerPort] = [...ports];
  return {
    ...choice,
    id: await freeId(others),
    network: await freeNetwork(others),
    etcdPort: etcdPort!,
    etcdPeerPort: etcdPeerPort!,
    controllerManagerPort: controllerManagerPort!,
    schedulerPort: schedulerPort!,
  };
}

const portsOf = (settings: Settings): number[] => [
  settings.etcdPort,
  settings.etcdPeerPort,
  settings.controllerManagerPort,
  settings.schedulerPort,
];

/** An id that gives names which nothing of this machine has, whoever made that. */
async function freeId(others: readonly Settings[]): Promise<string> {
  const { stdout } = await run(['ip', '-json', 'link', 'show']);
  const links = z.array(z.object({ ifname: z.string() })).parse(JSON.parse(stdout));
  for (;;) {
    const id = randomBytes(3).toString('hex');
    const { bridge } = machineNames({ id });
    if (!others.some((other) => other.id === id) && !links.some(({ ifname }) => ifname.startsWith(bridge)))
      return id;
  }
}

/** A number whose networks no route of this machine leads into and no other cluster has. */
async function freeNetwork(others: readonly Settings[]): Promise<number> {
  const routes = await Promise.all(
    ['-4', '-6'].map(async (family) => {
      const { stdout } = await run(['ip', family, '-json', 'route', 'show', 'table', 'all']);
      return z.array(z.object({ dst: z.string() })).parse(JSON.parse(stdout));
    }),
  );
  const taken = (prefix: string): boolean => routes.flat().some(({ dst }) => dst.startsWith(prefix));
  for (let network = 200; network < 250; network += 1)
    if (
      !others.some((other) => other.network === network) &&
      !taken(`10.${network}.`) &&
      !taken(`${prefix6({ network })}:`)
    )
      return network;
  throw new Error('none of the networks 10.200.0.0/16 to 10.249.0.0/16 is free on this machine');
}

type Network = Pick<Settings, 'network'>;

/** Addresses of a cluster: one /16 for everything, and the same once more of IPv6. Node `index` counts from 1. */
export const addresses = ({ network }: Network) => ({
  everything: `10.${network}.0.0/16`,
  /** Of this machine, on the bridge that the nodes are at; the API server has it. */
  machine: `10.${network}.0.1`,
  node: (index: number): string => `10.${network}.0.${10 + index}`,
  services: `10.${network}.64.0/18`,
  dns: `10.${network}.64.10`,
  pods: `10.${network}.128.0/17`,
  podsOf: (index: number): string => `10.${network}.${128 + index}.0/24`,
  ipv6: addresses6({ network }),
});

/** The first 48 bits, of what is for local use (RFC 4193). */
const prefix6 = ({ network }: Network): string => `fd76:6b63:${network.toString(16)}`;

function addresses6(network: Network) {
  const prefix = prefix6(network);
  return {
    machine: `${prefix}::1`,
    node: (index: number): string => `${prefix}::${10 + index}`,
    // The API server takes no more than 20 bits.
    services: `${prefix}:1::/112`,
    pods: `${prefix}:8000::/49`,
    podsOf: (index: number): string => `${prefix}:${(0x8000 + index).toString(16)}::/64`,
  };
}

/** Names of what a cluster has on the machine outside of its folder; links have at most 15 characters. */
export const machineNames = ({ id }: Pick<Settings, 'id'>) => ({
  bridge: `vkc${id}`,
  link: (index: number): string => `vkc${id}-${index}`,
  networkNamespace: (index: number): string => `vkc${id}-node-${index}`,
  table: `virtkit_cluster_${id}`,
  cgroup: `virtkit-cluster-${id}`,
});

export const nodeName = (index: number): string => `node-${index}`;
