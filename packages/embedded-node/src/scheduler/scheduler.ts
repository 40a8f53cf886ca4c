import {
  controller,
  createInformer,
  done,
  requeue,
  silentLogger,
  type Action,
  type Informer,
  type Logger,
} from '@virtkit/controllers/runtime';
import {
  resources,
  resourcePath,
  type KubernetesObject,
  type Node,
  type PersistentVolumeClaim,
  type Pod,
} from '@virtkit/core-types';
import { isApiError, type Client } from '@virtkit/sdk';
import { timestamp } from '../kubelet/pod-status.ts';
import { storageAnnotations } from '../storage/names.ts';
import { place, type ClusterView } from './placement.ts';

/** Whose Pods are placed, and until when. */
export interface SchedulerOptions {
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly logger?: Logger;
  /** Pods with this `spec.schedulerName` are placed; `default-scheduler` when absent. */
  readonly schedulerName?: string;
}

/** Milliseconds after which a Pod that fits nowhere is looked at again, beside every change of nodes and Pods. */
const retryInterval = 30_000;

/** Milliseconds in which volumes are usually made; only a Pod that waits longer is reported as unschedulable. */
const volumePatience = 2_000;

/** Binds Pods that have no node yet, until the signal aborts. */
export async function runScheduler(options: SchedulerOptions): Promise<void> {
  await new Scheduler(options).run();
}

class Scheduler {
  readonly #client: Client;
  readonly #signal: AbortSignal;
  readonly #logger: Logger;
  readonly #name: string;
  readonly #pods;
  readonly #nodes;
  readonly #claims;
  readonly #volumes;
  readonly #classes;
  readonly #controller;
  /** Pods that were bound just now, by uid: the watch tells of it only a moment later. */
  readonly #assumed = new Map<string, Pod>();
  /** Keys of Pods that found no node. */
  readonly #waiting = new Set<string>();
  /** When the volumes of a Pod's claims were asked for, by the Pod's uid. */
  readonly #asked = new Map<string, number>();

  constructor({
    client,
    signal,
    logger = silentLogger,
    schedulerName = 'default-scheduler',
  }: SchedulerOptions) {
    this.#client = client;
    this.#signal = signal;
    this.#logger = logger;
    this.#name = schedulerName;
    this.#pods = createInformer({
      definition: resources.pods,
      source: client.resource(resources.pods),
      namespace: 'all',
      logger,
    });
    this.#nodes = createInformer<Node>({
      definition: resources.nodes,
      source: client.resource(resources.nodes),
      logger,
    });
    this.#claims = createInformer({
      definition: resources.persistentVolumeClaims,
      source: client.resource(resources.persistentVolumeClaims),
      namespace: 'all',
      logger,
    });
    this.#volumes = createInformer({
      definition: resources.persistentVolumes,
      source: client.resource(resources.persistentVolumes),
      logger,
    });
    this.#classes = createInformer({
      definition: resources.storageClasses,
      source: client.resource(resources.storageClasses),
      logger,
    });
    const retryAll = <T extends KubernetesObject>(informer: Informer<T>) => ({
      informer,
      subscribe: () => informer.listen(() => this.#retryAll()),
    });
    this.#controller = controller({
      name: 'scheduler',
      resource: this.#pods,
      // One at a time: each placement must see the one before.
      workers: 1,
      logger,
      backoff: { baseMs: 50, maxMs: 10_000 },
      reconcile: (key) => this.#reconcile(key),
      watches: [
        retryAll(this.#nodes),
        retryAll(this.#claims),
        retryAll(this.#volumes),
        retryAll(this.#classes),
      ],
    });
  }

  async run(): Promise<void> {
    using _room = this.#pods.listen((change) => {
      if (change.kind === 'deleted' || isOver(change.object)) this.#retryAll();
      if (change.kind === 'deleted') this.#asked.delete(change.object.metadata.uid!);
    });
    await Promise.all([
      this.#pods.run(this.#signal),
      this.#nodes.run(this.#signal),
      this.#claims.run(this.#signal),
      this.#volumes.run(this.#signal),
      this.#classes.run(this.#signal),
      this.#controller.run({ signal: this.#signal }),
    ]);
  }

  async #reconcile(key: string): Promise<Action> {
    const pod = this.#pods.store.get(key);
    this.#waiting.delete(key);
    if (pod === undefined || !this.#concerns(pod)) return done;
    const placement = place(pod, this.#view());
    if (placement.type === 'node' && placement.unbound === undefined) {
      this.#asked.delete(pod.metadata.uid!);
      await this.#bind(pod, placement.name);
      return done;
    }
    this.#waiting.add(key);
    if (placement.type === 'node') return this.#awaitVolumes(pod, placement.name, placement.unbound ?? []);
    await this.#reportUnschedulable(pod, placement.message);
    return requeue(retryInterval);
  }

  /** Tells the provisioners of these claims where their volumes are wanted; the Pod follows when they are bound. */
  async #awaitVolumes(pod: Pod, node: string, claims: readonly PersistentVolumeClaim[]): Promise<Action> {
    for (const { metadata } of claims) {
      if (metadata.annotations?.[storageAnnotations.selectedNode] !== undefined) continue;
      const annotations = { [storageAnnotations.selectedNode]: node };
      try {
        await this.#client.persistentVolumeClaims.patch(
          metadata.name!,
          { type: 'merge', body: { metadata: { uid: metadata.uid, annotations } } },
          { namespace: metadata.namespace, signal: this.#signal },
        );
      } catch (error) {
        // Gone, or another claim of this name: the watch tells.
        if (!isApiError(error, 'not-found', 'conflict')) throw error;
      }
    }
    const since = this.#asked.get(pod.metadata.uid!) ?? Date.now();
    this.#asked.set(pod.metadata.uid!, since);
    const left = since + volumePatience - Date.now();
    if (left > 0) return requeue(left);
    const names = claims.map(({ metadata }) => metadata.name!).join(', ');
    await this.#reportUnschedulable(pod, `volumes are not bound yet for persistentvolumeclaims: ${names}.`);
    return requeue(retryInterval);
  }

  #concerns({ spec, metadata }: Pod): boolean {
    return (
      (spec.nodeName ?? '') === '' &&
      metadata.deletionTimestamp === undefined &&
      (spec.schedulerName ?? 'default-scheduler') === this.#name &&
      (spec.schedulingGates ?? []).length === 0 &&
      !this.#assumed.has(metadata.uid!)
    );
  }

  #view(): ClusterView {
    const pods = this.#pods.store.list();
    for (const [uid, { metadata }] of this.#assumed) {
      const seen = this.#pods.store.get(`${metadata.namespace!}/${metadata.name!}`);
      if (seen?.metadata.uid !== uid || (seen.spec.nodeName ?? '') !== '') this.#assumed.delete(uid);
    }
    const bound = pods.filter((pod) => (pod.spec.nodeName ?? '') !== '' && !isOver(pod));
    return {
      nodes: this.#nodes.store.list(),
      bound: [...bound, ...this.#assumed.values()],
      storage: {
        claim: (namespace, name) => this.#claims.store.get(`${namespace}/${name}`),
        storageClass: (name) => this.#classes.store.get(name),
        volumes: this.#volumes.store.list(),
      },
    };
  }

  async #bind(pod: Pod, node: string): Promise<void> {
    const { name, namespace, uid } = pod.metadata;
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, uid },
      target: { apiVersion: 'v1', kind: 'Node', name: node },
    };
    try {
      await this.#client.request({
        method: 'POST',
        path: resourcePath(resources.pods, { namespace, name, subresource: 'binding' }),
        body: binding,
        signal: this.#signal,
      });
      this.#assumed.set(uid!, { ...pod, spec: { ...pod.spec, nodeName: node } });
      this.#logger.info('bound', { pod: `${namespace!}/${name!}`, node });
    } catch (error) {
      // Deleted or bound by somebody else: the watch tells.
      if (!isApiError(error, 'not-found', 'conflict')) throw error;
    }
  }

  async #reportUnschedulable(pod: Pod, message: string): Promise<void> {
    const before = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (before?.status === 'False' && before.message === message) return;
    const lastTransitionTime = before?.status === 'False' ? before.lastTransitionTime : timestamp(new Date());
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastTransitionTime,
    };
    try {
      await this.#client.pods.patch(
        pod.metadata.name!,
        {
          type: 'strategic',
          body: { metadata: { uid: pod.metadata.uid }, status: { conditions: [condition] } },
        },
        { namespace: pod.metadata.namespace, subresource: 'status', signal: this.#signal },
      );
    } catch (error) {
      if (!isApiError(error, 'not-found', 'conflict')) throw error;
    }
  }

  #retryAll(): void {
    for (const key of this.#waiting) this.#controller.enqueue(key);
  }
}

/** A Pod that has ended takes nothing of its node any more. */
function isOver({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}
