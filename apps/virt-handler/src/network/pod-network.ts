import { stat } from 'node:fs/promises';
import { HandlerError } from '../errors.ts';
import { bridgedGuest, isStandIn, planBridge, type BridgedGuest } from './bridge-binding.ts';
import { guestSubnet, type AddressFamily } from './ip-network.ts';
import { planMasquerade, type ForwardedPort, type MasqueradePlan } from './masquerade.ts';
import { loadNftables, readInterfaces, readRoutes, runIpBatch, writeSysctls } from './namespace-commands.ts';
import { passtNetwork, passtSysctls, type PasstNetwork } from './passt-binding.ts';
import { bridgeName, primaryTap, takenName, type PodInterface } from './pod-interface.ts';

/** What every binding needs. */
export interface PodNetworkOptions {
  /** Path of the Pod's network namespace, for example `/run/netns/virtkit-<podUID>`. Never a path a launcher controls. */
  namespace: string;
  /** The Pod's interface towards the cluster; default `eth0`. */
  podInterface?: string;
  ownerUid: number;
  /** Pairs of queues of the guest's interface. */
  queues: number;
  signal?: AbortSignal;
}

export interface MasqueradeOptions extends PodNetworkOptions {
  ports: readonly ForwardedPort[];
  /** Networks of bridge and guest, for Pods that have addresses of the family. */
  cidrs: Readonly<Record<AddressFamily, string>>;
}

/** The network as set up: the plan, and the Pod's own addresses, which are what the world reaches the guest by. */
export interface PodNetwork extends MasqueradePlan {
  podAddresses: string[];
}

/**
 * Makes bridge, tap and address translation inside a Pod's network namespace. Idempotent: devices that exist are kept,
 * the nftables table is replaced in one transaction.
 *
 * @throws HandlerError `pod-network-missing` while the namespace or its interface is not there, `pod-network-failed`.
 */
export async function ensureMasqueradeNetwork(options: MasqueradeOptions): Promise<PodNetwork> {
  const { namespace, podInterface: name = 'eth0', signal, ports, ownerUid, queues, cidrs } = options;
  const interfaces = await interfacesOf(namespace, signal);
  const podInterface = required(interfaces, name, namespace);
  const families = (['ipv4', 'ipv6'] as const).filter((family) => podInterface[family].length > 0);
  const subnets = families.map((family) => guestSubnet(cidrs[family]));
  const plan = planMasquerade({ podInterface, ports, ownerUid, queues, subnets });
  const bridgeThere = interfaces.has(bridgeName(name));
  const tapThere = interfaces.has(primaryTap);
  const missing = plan.links.filter((line) => {
    if (line.includes(`dev ${primaryTap}`) && line.startsWith('tuntap')) return !tapThere;
    if (line.startsWith('link add')) return !bridgeThere;
    return true;
  });
  await runIpBatch(namespace, missing, signal);
  await writeSysctls(namespace, plan.sysctls, signal);
  await loadNftables(namespace, plan.nftables, signal);
  const podAddresses = families.flatMap((family) => podInterface[family]).map(({ address }) => address);
  return { ...plan, podAddresses };
}

/** The bridge network as set up, and the Pod's addresses, which are the guest's now. */
export interface BridgeNetwork extends BridgedGuest {
  podAddresses: string[];
}

/**
 * Gives the Pod's interface to the guest, over a bridge inside the Pod's network namespace. What was made already is read, not
 * made again.
 *
 * @throws HandlerError `pod-network-missing` while the namespace or its interface is not there, `pod-network-failed`, also where
 *   an earlier attempt was interrupted: a Pod's network can be handed over once.
 */
export async function ensureBridgeNetwork(options: PodNetworkOptions): Promise<BridgeNetwork> {
  const { namespace, podInterface: name = 'eth0', signal, ownerUid, queues } = options;
  const interfaces = await interfacesOf(namespace, signal);
  const begun = interfaces.has(takenName(name)) || interfaces.has(bridgeName(name));
  if (!begun) {
    const podInterface = required(interfaces, name, namespace);
    const routes = await readRoutes(namespace, name, signal);
    const plan = reachable(() => planBridge({ podInterface, routes, ownerUid, queues }));
    await writeSysctls(namespace, plan.sysctls, signal);
    // Not to be interrupted: half of it leaves a Pod without network.
    await runIpBatch(namespace, plan.links);
  }
  const standIn = (await interfacesOf(namespace, signal)).get(name);
  if (standIn === undefined || !isStandIn(standIn))
    throw new HandlerError('pod-network-failed', `handing over ${name} in ${namespace} was interrupted`);
  const routes = await readRoutes(namespace, name, signal);
  const guest = reachable(() => bridgedGuest(standIn, routes));
  return { ...guest, podAddresses: standIn.ipv4.map(({ address }) => address) };
}

/**
 * Lets a process of the launcher carry the guest's packets in the Pod's network.
 *
 * @throws HandlerError `pod-network-missing` while the namespace or its interface is not there, `pod-network-failed`.
 */
export async function ensurePasstNetwork({
  namespace,
  podInterface: name = 'eth0',
  ownerUid,
  signal,
}: PodNetworkOptions): Promise<PasstNetwork> {
  const podInterface = required(await interfacesOf(namespace, signal), name, namespace);
  await writeSysctls(namespace, passtSysctls(ownerUid), signal);
  return passtNetwork(podInterface);
}

function reachable<T>(plan: () => T): T {
  try {
    return plan();
  } catch (cause) {
    if (cause instanceof RangeError) throw new HandlerError('pod-network-failed', cause.message, { cause });
    throw cause;
  }
}

async function interfacesOf(namespace: string, signal?: AbortSignal): Promise<Map<string, PodInterface>> {
  const present = await stat(namespace).catch((cause: unknown) => {
    throw new HandlerError('pod-network-missing', `network namespace ${namespace} is not there`, { cause });
  });
  if (present.isDirectory())
    throw new HandlerError('pod-network-missing', `${namespace} is a folder, not a namespace`);
  return readInterfaces(namespace, signal);
}

function required(
  interfaces: ReadonlyMap<string, PodInterface>,
  name: string,
  namespace: string,
): PodInterface {
  const found = interfaces.get(name);
  if (found !== undefined) return found;
  throw new HandlerError('pod-network-missing', `interface ${name} is missing in ${namespace}`);
}
