import {
  controller,
  createInformer,
  done,
  silentLogger,
  type Action,
  type Controller,
  type Logger,
} from '@virtkit/controllers/runtime';
import { resources, type Pod } from '@virtkit/core-types';
import { isApiError, type Client } from '@virtkit/sdk';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageStore } from '../images/image-store.ts';
import { bridgeNetwork, type BridgeNetworkOptions } from '../network/cni-network.ts';
import { hostNetwork } from '../network/host-network.ts';
import type { DevicePlugin } from '../sandbox/devices.ts';
import { readHostLayout } from '../sandbox/host-layout.ts';
import { layoutOf } from '../state/layout.ts';
import type { KubeletContext } from './context.ts';
import type { BuiltInImage } from './image-source.ts';
import { LogKeeper } from '../logs/log-keeper.ts';
import { registerNode, renewLease } from './node-registration.ts';
import { defaultNodeAddress, defaultNodeName, readNodeFacts } from './node-status.ts';
import { PodRecords } from './pod-record.ts';
import { PodRuntime } from './pod-runtime.ts';

/** How one node runs its Pods; only `client`, `signal` and `root` are needed. */
export interface KubeletOptions {
  readonly client: Client;
  /** Stops the kubelet; Pods run on. */
  readonly signal: AbortSignal;
  readonly logger?: Logger;
  /** State folder, an absolute path on a file system with device nodes (not `nodev`). */
  readonly root: string;
  /** Default: the machine's name. */
  readonly nodeName?: string;
  /** Default: the machine's first address. */
  readonly nodeAddress?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly builtInImages?: readonly BuiltInImage[];
  /** Files of the host that every container sees, read only. */
  readonly hostBinds?: readonly { readonly source: string; readonly destination?: string }[];
  /** Default: kvm, tun, vhost-net and vhost-vsock under KubeVirt's names, where the machine has them. */
  readonly devices?: readonly DevicePlugin[];
  /** The Pods' bridge; only as root. `false` gives every Pod the host's network. */
  readonly network?: false | Omit<BridgeNetworkOptions, 'folder'>;
  /** Default 110. */
  readonly maximumPods?: number;
  /** Bytes of one container's log that are kept; default 10 MiB. */
  readonly logLimit?: number;
  /** Milliseconds after which a changed ConfigMap or Secret is seen in running containers at the latest; default 60,000. */
  readonly volumeRefreshMs?: number;
  /** Called once, when the node is registered and Pods are taken up. */
  readonly onReady?: () => void;
}

const version = '0.1.0';
const workers = 16;

/** Devices that launcher Pods ask for (KubeVirt: names of its device plugins). */
export const defaultDevices: readonly DevicePlugin[] = [
  { resource: 'devices.kubevirt.io/kvm', path: '/dev/kvm', count: 1000 },
  { resource: 'devices.kubevirt.io/tun', path: '/dev/net/tun', count: 1000 },
  { resource: 'devices.kubevirt.io/vhost-net', path: '/dev/vhost-net', count: 1000 },
  { resource: 'devices.kubevirt.io/vhost-vsock', path: '/dev/vhost-vsock', count: 1000 },
];

/**
 * Runs the Pods that are bound to this node until the signal aborts. Pods outlive it: the next kubelet with the same
 * root folder takes them over.
 *
 * @throws ApiError when the node cannot be registered
 */
export async function runKubelet(options: KubeletOptions): Promise<void> {
  const { client, signal, logger = silentLogger, nodeName = defaultNodeName() } = options;
  const address = options.nodeAddress ?? defaultNodeAddress();
  const layout = layoutOf(options.root);
  await mkdir(layout.pods, { recursive: true, mode: 0o755 });
  const root = process.getuid?.() === 0;
  const host = hostNetwork([address]);
  const context: KubeletContext = {
    client,
    nodeName,
    hostAddress: address,
    layout,
    records: new PodRecords(layout),
    images: new ImageStore(layout.images),
    builtInImages: options.builtInImages ?? [],
    hostBinds: (options.hostBinds ?? []).map(({ source, destination = source }) => ({
      source,
      destination,
      readOnly: true,
    })),
    devices: options.devices ?? defaultDevices,
    hostLayout: await readHostLayout(),
    root,
    podNetwork:
      root && options.network !== false
        ? bridgeNetwork({ ...options.network, folder: join(layout.cni) })
        : host,
    hostNetwork: host,
    volumeRefreshMs: options.volumeRefreshMs ?? 60_000,
    logger,
    signal,
  };
  const facts = await readNodeFacts({
    name: nodeName,
    address,
    root: options.root,
    version,
    devices: context.devices,
    maximumPods: options.maximumPods ?? 110,
  });
  await registerNode({ client, facts, labels: options.labels ?? {}, logger, signal });
  const kubelet = new Kubelet(context);
  using _logs = new LogKeeper(layout, options.logLimit ?? 10 * 1024 * 1024, logger);
  await Promise.all([
    renewLease({ client, facts, labels: {}, logger, signal }),
    kubelet.run(options.onReady ?? (() => undefined)),
  ]);
}

class Kubelet {
  readonly #context: KubeletContext;
  /** By uid. */
  readonly #pods = new Map<string, PodRuntime>();
  readonly #informer;
  readonly #controller: Controller;

  constructor(context: KubeletContext) {
    this.#context = context;
    this.#informer = createInformer({
      definition: resources.pods,
      source: context.client.resource(resources.pods),
      namespace: 'all',
      fieldSelector: `spec.nodeName=${context.nodeName}`,
      logger: context.logger,
    });
    this.#controller = controller({
      name: 'kubelet',
      resource: this.#informer,
      reconcile: (key) => this.#reconcile(key),
      workers,
      logger: context.logger,
      backoff: { baseMs: 100, maxMs: 30_000 },
    });
  }

  async run(onReady: () => void): Promise<void> {
    const { signal } = this.#context;
    const following = this.#informer.run(signal);
    try {
      await this.#informer.waitForSync({ signal });
      await this.#adopt();
      onReady();
      await this.#controller.run({ signal });
    } finally {
      for (const pod of this.#pods.values()) pod.detach();
      await following;
    }
  }

  /** Takes over what earlier kubelets left; what the API no longer has is ended and removed. */
  async #adopt(): Promise<void> {
    const known = new Set(this.#informer.store.list().map(({ metadata }) => metadata.uid));
    for (const uid of await this.#context.records.uids()) {
      const record = await this.#context.records.read(uid);
      if (record === undefined) {
        // Nothing was made before the record was complete.
        await this.#context.records.remove(uid);
        continue;
      }
      const key = `${record.namespace}/${record.name}`;
      const runtime = await PodRuntime.adopt(this.#context, record, () => this.#controller.enqueue(key));
      this.#pods.set(uid, runtime);
      if (!known.has(uid)) await this.#forget(runtime);
    }
  }

  async #reconcile(key: string): Promise<Action> {
    const pod = this.#informer.store.get(key);
    for (const runtime of [...this.#pods.values()])
      if (runtime.key === key && runtime.uid !== pod?.metadata.uid) await this.#forget(runtime);
    if (pod === undefined) return done;
    const runtime = this.#pods.get(pod.metadata.uid!) ?? (await this.#takeUp(pod, key));
    try {
      return await runtime.sync(pod);
    } catch (error) {
      if (isApiError(error, 'aborted')) return done;
      throw error;
    }
  }

  async #takeUp(pod: Pod, key: string): Promise<PodRuntime> {
    const runtime = await PodRuntime.create(this.#context, pod, () => this.#controller.enqueue(key));
    this.#pods.set(runtime.uid, runtime);
    return runtime;
  }

  async #forget(runtime: PodRuntime): Promise<void> {
    await runtime.destroy();
    this.#pods.delete(runtime.uid);
  }
}
