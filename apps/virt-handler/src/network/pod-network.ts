import { stat } from 'node:fs/promises';
import { HandlerError } from '../errors.ts';
import {
  bridgeName,
  planMasquerade,
  primaryTap,
  type ForwardedPort,
  type MasqueradePlan,
} from './masquerade.ts';
import { loadNftables, readInterfaces, runIpBatch, writeSysctls } from './namespace-commands.ts';

export interface PodNetworkOptions {
  /** Path of the Pod's network namespace, for example `/run/netns/virtkit-<podUID>`. Never a path a launcher controls. */
  namespace: string;
  /** The Pod's interface towards the cluster; default `eth0`. */
  podInterface?: string;
  ports: readonly ForwardedPort[];
  ownerUid: number;
  cidr: string;
  signal?: AbortSignal;
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
export async function ensureMasqueradeNetwork(options: PodNetworkOptions): Promise<PodNetwork> {
  const { namespace, podInterface: name = 'eth0', signal } = options;
  const present = await stat(namespace).catch((cause: unknown) => {
    throw new HandlerError('pod-network-missing', `network namespace ${namespace} is not there`, { cause });
  });
  if (present.isDirectory())
    throw new HandlerError('pod-network-missing', `${namespace} is a folder, not a namespace`);
  const interfaces = await readInterfaces(namespace, signal);
  const podInterface = interfaces.get(name);
  if (podInterface === undefined)
    throw new HandlerError('pod-network-missing', `interface ${name} is missing in ${namespace}`);

  const plan = planMasquerade({
    podInterface,
    ports: options.ports,
    ownerUid: options.ownerUid,
    cidr: options.cidr,
  });
  const bridgeThere = interfaces.has(bridgeName(name));
  const tapThere = interfaces.has(primaryTap);
  const missing = plan.links.filter((line) => {
    if (line.includes(`dev ${primaryTap}`) && line.startsWith('tuntap')) return !tapThere;
    if (line.startsWith('link add') || line.startsWith('addr add')) return !bridgeThere;
    return true;
  });
  await runIpBatch(namespace, missing, signal);
  await writeSysctls(namespace, plan.sysctls, signal);
  await loadNftables(namespace, plan.nftables, signal);
  return { ...plan, podAddresses: podInterface.ipv4 };
}
