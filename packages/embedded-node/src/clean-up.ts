import { rm } from 'node:fs/promises';
import { ContainerProcess } from './sandbox/container-process.ts';
import { bridgeNetwork, type BridgeNetworkOptions } from './network/cni-network.ts';
import { PodRecords } from './kubelet/pod-record.ts';
import { defaultServiceTable, removeServiceRules } from './services/service-proxy.ts';
import { layoutOf } from './state/layout.ts';

/** What there was to clean up: the same values as the kubelet and the Service proxy were given. */
export interface CleanUpOptions {
  /** The kubelet's state folder. */
  readonly root: string;
  readonly network?: Omit<BridgeNetworkOptions, 'folder'>;
  /** nftables table of the Service proxy. */
  readonly serviceTable?: string;
  /** Whether images go too; default false. */
  readonly images?: boolean;
}

/**
 * Removes every trace of a node: processes of Pods, their folders and logs, network namespaces, bridge, nftables
 * tables. Nothing of the node may run meanwhile. Can be repeated.
 */
export async function cleanUpNode(options: CleanUpOptions): Promise<void> {
  const layout = layoutOf(options.root);
  const records = new PodRecords(layout);
  for (const uid of await records.uids()) {
    const record = await records.read(uid);
    for (const [name, { attempt }] of Object.entries(record?.containers ?? {})) {
      const process = await ContainerProcess.open(
        `${uid}/${name}/${attempt}`,
        layout.pod(uid).attempt(name, attempt),
      );
      await process?.kill();
      await process?.waitForExit();
    }
    await records.remove(uid);
  }
  if (process.getuid?.() === 0) {
    await bridgeNetwork({ ...options.network, folder: layout.cni }).cleanUp();
    await removeServiceRules(options.serviceTable ?? defaultServiceTable);
  }
  await rm(layout.pods, { recursive: true, force: true });
  if (options.images === true) await rm(layout.images, { recursive: true, force: true });
}
