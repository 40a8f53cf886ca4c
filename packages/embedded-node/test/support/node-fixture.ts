import { startControlPlane, type ControlPlane } from '@virtkit/apiserver';
import type { Pod, PodSpec } from '@virtkit/core-types';
import { connect, isApiError, type Client } from '@virtkit/sdk';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { podSubresources, runKubelet, type KubeletOptions } from '../../src/index.ts';
import { bridgeNetwork } from '../../src/network/cni-network.ts';
import { listNamespaces } from '../../src/network/network-namespace.ts';
import { argumentsOf } from '../../src/processes/identity.ts';
import { eventually, makeScratch, type Scratch } from './scratch.ts';

/** A control plane and, on demand, kubelets, with names that no other test uses. */
export class NodeFixture implements AsyncDisposable {
  readonly scratch: Scratch;
  readonly controlPlane: ControlPlane;
  readonly client: Client;
  readonly root: string;
  readonly nodeName: string;
  readonly network: { bridge: string; subnet: string; namespacePrefix: string };
  /** Writes to the API server, as `VERB resource/subresource`. */
  readonly writes: string[];
  #kubelet: { abort: AbortController; ended: Promise<void> } | undefined;

  private constructor(
    scratch: Scratch,
    controlPlane: ControlPlane,
    client: Client,
    root: string,
    writes: string[],
  ) {
    this.scratch = scratch;
    this.controlPlane = controlPlane;
    this.client = client;
    this.root = root;
    this.writes = writes;
    this.nodeName = `node-${scratch.tag}`;
    this.network = networkOf(scratch.tag);
  }

  static async start(): Promise<NodeFixture> {
    const scratch = await makeScratch();
    const root = join(scratch.folder, 'state');
    const clients: Client[] = [];
    const writes: string[] = [];
    const controlPlane = await startControlPlane({
      onRequest: ({ verb, resource, subresource }) => {
        if (verb !== 'get' && verb !== 'list' && verb !== 'watch')
          writes.push(`${verb} ${resource ?? ''}${subresource === undefined ? '' : `/${subresource}`}`);
      },
      podSubresources: podSubresources({
        root,
        currentPod: async (uid) =>
          (await clients[0]!.pods.list({ namespace: 'all' })).items.find((pod) => pod.metadata.uid === uid),
      }),
    });
    const client = await connect({
      server: controlPlane.url,
      ca: controlPlane.ca,
      token: controlPlane.token,
    });
    clients.push(client);
    return new NodeFixture(scratch, controlPlane, client, root, writes);
  }

  /** Starts a kubelet in this process; resolves when it takes up Pods. */
  async startKubelet(options: Partial<KubeletOptions> = {}): Promise<void> {
    const abort = new AbortController();
    const ready = Promise.withResolvers<void>();
    const ended = runKubelet({
      client: this.client,
      signal: abort.signal,
      root: this.root,
      nodeName: this.nodeName,
      network: this.network,
      builtInImages: [{ reference: 'test/host:1', programs: { 'my-shell': ['/bin/sh'] } }],
      onReady: () => ready.resolve(),
      ...options,
    });
    ended.catch((error: unknown) => ready.reject(error instanceof Error ? error : new Error(String(error))));
    this.#kubelet = { abort, ended };
    await ready.promise;
  }

  /** Stops the kubelet; the Pods run on. */
  async stopKubelet(): Promise<void> {
    const kubelet = this.#kubelet;
    this.#kubelet = undefined;
    kubelet?.abort.abort();
    await kubelet?.ended;
  }

  /** Creates a Pod that is bound to this fixture's node. */
  async createPod(
    name: string,
    spec: Partial<PodSpec> & { script?: string },
    metadata: Partial<Pod['metadata']> = {},
  ): Promise<Pod> {
    const { script = 'exec sleep 1000', ...rest } = spec;
    return this.client.pods.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', ...metadata },
      spec: {
        nodeName: this.nodeName,
        terminationGracePeriodSeconds: 5,
        containers: [{ name: 'main', image: 'test/host:1', command: ['/bin/sh', '-c', script] }],
        ...rest,
      },
    });
  }

  /** Waits until a Pod is as wanted. */
  async podThat(name: string, what: string, check: (pod: Pod) => boolean | undefined): Promise<Pod> {
    return eventually(`Pod ${name} ${what}`, async () => {
      const pod = await this.client.pods.get(name, { namespace: 'default' });
      return check(pod) === true ? pod : undefined;
    });
  }

  async podIsGone(name: string): Promise<void> {
    await eventually(`Pod ${name} is gone`, async () => {
      try {
        await this.client.pods.get(name, { namespace: 'default' });
        return false;
      } catch (error) {
        if (isApiError(error, 'not-found')) return true;
        throw error;
      }
    });
  }

  async log(name: string, query = ''): Promise<string> {
    const path = `/api/v1/namespaces/default/pods/${name}/log${query}`;
    return (await this.client.request({ method: 'GET', path })).text();
  }

  /** Processes of sandboxes of this fixture that run now. */
  async processes(): Promise<number[]> {
    const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
    const found: number[] = [];
    for (const pid of pids)
      if ((await argumentsOf(pid)).some((argument) => argument.includes(this.scratch.tag))) found.push(pid);
    return found;
  }

  /** What Pods have left on the machine. */
  async leaks(): Promise<{ processes: number[]; namespaces: string[]; folders: string[] }> {
    return {
      processes: await this.processes(),
      namespaces: await listNamespaces(this.network.namespacePrefix),
      folders: await readdir(join(this.root, 'pods')),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopKubelet();
    for (const pid of await this.processes()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    await bridgeNetwork({ ...this.network, folder: join(this.root, 'cni') }).cleanUp();
    await this.client[Symbol.asyncDispose]();
    await this.controlPlane.stop();
    await this.scratch[Symbol.asyncDispose]();
  }
}

/** Names and addresses for a tag of six hexadecimal digits. */
function networkOf(tag: string): { bridge: string; subnet: string; namespacePrefix: string } {
  const [a, b] = [parseInt(tag.slice(0, 2), 16), parseInt(tag.slice(2, 4), 16)];
  return { bridge: `vkt${tag}`, subnet: `10.${128 + (a % 100)}.${b}.0/24`, namespacePrefix: `vkt-${tag}-` };
}

/** The status of a Pod's condition. */
export function condition(pod: Pod, type: string): string | undefined {
  return pod.status?.conditions?.find((one) => one.type === type)?.status;
}
