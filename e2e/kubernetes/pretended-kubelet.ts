import { setTimeout } from 'node:timers/promises';
import { formatTime, InformerCache } from '@virtkit/controllers/runtime';
import { resources, type Pod } from '@virtkit/core-types';
import { isApiError, type Client } from '@virtkit/sdk';

/**
 * Says that a node is ready and that the Pods of a namespace run, as a kubelet would, so that the controllers of Kubernetes go
 * on; nothing is started. Pods of a workload that is held stay as they are.
 */
export class PretendedKubelet implements AsyncDisposable {
  readonly #client: Client;
  readonly #pods;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;
  readonly #held = new Set<string>();
  readonly #writes = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];

  private constructor(client: Client, node: string, namespace: string) {
    this.#client = client;
    const cache = new InformerCache({ client });
    this.#pods = cache.informer(resources.pods, { namespace });
    this.#pods.listen(({ kind, object }) => {
      if (kind !== 'deleted') this.#look(object);
    });
    this.#running = Promise.all([cache.run(this.#stop.signal), this.#beat(node)]);
  }

  /** Keeps a node ready, and says of the Pods of a namespace that they run. */
  static start(client: Client, options: { node: string; namespace: string }): PretendedKubelet {
    return new PretendedKubelet(client, options.node, options.namespace);
  }

  /** New Pods of this component do not come to run until they are released. */
  hold(component: string): void {
    this.#held.add(component);
  }

  release(component: string): void {
    this.#held.delete(component);
    for (const pod of this.#pods.store.list()) this.#look(pod);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await Promise.all(this.#writes);
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, 'a Pod could not be said to run');
  }

  /** A node of which nothing is heard takes no Pods. */
  async #beat(node: string): Promise<void> {
    const { signal } = this.#stop;
    const since = formatTime(Date.now());
    while (!signal.aborted) {
      const ready = { type: 'Ready', status: 'True', lastTransitionTime: since };
      const body = { status: { conditions: [{ ...ready, lastHeartbeatTime: formatTime(Date.now()) }] } };
      try {
        await this.#client.nodes.patch(node, { type: 'merge', body }, { subresource: 'status', signal });
        await setTimeout(5000, undefined, { signal });
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
    }
  }

  #look(pod: Pod): void {
    const ready = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
    const going = pod.metadata.deletionTimestamp !== undefined;
    if (this.#held.has(pod.metadata.labels?.['kubevirt.io'] ?? '') || (ready === true && !going)) return;
    const write = (going ? this.#end(pod) : this.#run(pod)).catch((error: unknown) => {
      // Gone or changed meanwhile; the change is looked at by itself.
      if (!isApiError(error, 'not-found', 'conflict', 'aborted')) this.#failures.push(error);
    });
    this.#writes.add(write);
    void write.then(() => this.#writes.delete(write));
  }

  async #run({ metadata }: Pod): Promise<void> {
    const at = formatTime(Date.now());
    const conditions = ['Ready', 'ContainersReady', 'Initialized'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: at,
    }));
    const body = { status: { phase: 'Running', startTime: at, conditions } };
    await this.#client.pods.patch(
      metadata.name!,
      { type: 'merge', body },
      { namespace: metadata.namespace, subresource: 'status', signal: this.#stop.signal },
    );
  }

  /** A Pod on a node goes only when its kubelet says that it has ended. */
  async #end({ metadata }: Pod): Promise<void> {
    const options = { namespace: metadata.namespace, gracePeriodSeconds: 0, signal: this.#stop.signal };
    await this.#client.pods.delete(metadata.name!, options);
  }
}
