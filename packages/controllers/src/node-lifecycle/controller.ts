import {
  labels,
  resources,
  type JsonPatchOperation,
  type Node,
  type Pod,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { instanceType, nodeType } from '../kinds.ts';
import { systemClock, type Clock } from '../runtime/clock.ts';
import { controller, requeue, watch, type Action, type Controller } from '../runtime/controller.ts';
import { errorCode } from '../runtime/errors.ts';
import type { EventRecorder } from '../runtime/event-recorder.ts';
import type { Informer } from '../runtime/informer.ts';
import type { InformerCache } from '../runtime/informer-cache.ts';
import type { Logger } from '../runtime/log.ts';
import type { RuntimeMetrics } from '../runtime/metrics.ts';
import type { ClientSet } from '../runtime/object-client.ts';
import { byLabel, byOwnerUid } from '../runtime/store.ts';
import { launcherPodSelector } from '../virtual-machine-instance/controller.ts';
import { planNode } from './plan.ts';

/** Nodes are looked at this often even when nothing changes, because silence makes no event. */
const recheckMs = 60_000;
const reason = 'NodeUnresponsive';

/** What the controller works with; `clock` is the machine's and log and metrics go nowhere unless given. */
export interface NodeLifecycleControllerOptions {
  readonly client: ClientSet;
  readonly cache: InformerCache;
  readonly recorder: EventRecorder;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly metrics?: RuntimeMetrics;
}

/** Composes the controller that notices lost nodes (KubeVirt lifecycle, node loss). */
export function nodeLifecycleController(options: NodeLifecycleControllerOptions): Controller {
  const { cache, clock = systemClock, logger, metrics } = options;
  const nodes = cache.informer(resources.nodes);
  const instances = cache.informer(resources.virtualMachineInstances, {
    indexes: { nodeName: byNodeName },
  });
  const pods = cache.informer(resources.pods, {
    labelSelector: launcherPodSelector,
    indexes: { ownerUid: byOwnerUid },
  });
  const reconciler = new NodeReconciler({ ...options, clock }, nodes, instances, pods);
  return controller({
    name: 'virt-controller-node',
    resource: nodes,
    // By label as well: an instance may be on a node whose object is gone.
    watches: [watch(instances, (instance) => byNodeName(instance)), watch(pods, () => [])],
    reconcile: (nodeName, { signal }) => reconciler.reconcile(nodeName, signal),
    clock,
    logger,
    metrics,
  });
}

// One function for all, so that the shared store takes the index once.
const byNodeName = byLabel(labels.nodeName);

class NodeReconciler {
  readonly #options: NodeLifecycleControllerOptions & { readonly clock: Clock };
  readonly #nodes: Informer<Node>;
  readonly #instances: Informer<VirtualMachineInstance>;
  readonly #pods: Informer<Pod>;

  constructor(
    options: NodeLifecycleControllerOptions & { readonly clock: Clock },
    nodes: Informer<Node>,
    instances: Informer<VirtualMachineInstance>,
    pods: Informer<Pod>,
  ) {
    this.#options = options;
    this.#nodes = nodes;
    this.#instances = instances;
    this.#pods = pods;
  }

  async reconcile(nodeName: string, signal: AbortSignal): Promise<Action> {
    const node = this.#nodes.store.get(nodeName);
    const instances = this.#instances.store.byIndex('nodeName', nodeName);
    const pods = instances.flatMap(({ metadata }) =>
      this.#pods.store.byIndex('ownerUid', metadata.uid ?? ''),
    );
    const now = this.#options.clock.now();
    const plan = planNode({ nodeName, node, instances, pods, now });
    if (plan.markUnschedulable && node !== undefined) await this.#markUnschedulable(node, signal);
    for (const instance of plan.lost) await this.#fail(instance, nodeName, signal);
    return node === undefined && instances.length === 0 ? { kind: 'done' } : requeue(recheckMs);
  }

  async #markUnschedulable(node: Node, signal: AbortSignal): Promise<void> {
    this.#options.recorder.record(node, nodeType, {
      type: 'Normal',
      reason,
      message: 'The node agent is silent; no new virtual machines are placed here.',
    });
    const body = { metadata: { labels: { [labels.schedulable]: 'false' } } };
    const client = this.#options.client.resource(resources.nodes);
    await client.patch(node.metadata.name ?? '', { type: 'strategic', body }, { signal });
  }

  async #fail(instance: VirtualMachineInstance, nodeName: string, signal: AbortSignal): Promise<void> {
    const { name = '', namespace } = instance.metadata;
    const operations: JsonPatchOperation[] = [
      { op: 'test', path: '/status/phase', value: instance.status?.phase },
      { op: 'replace', path: '/status/phase', value: 'Failed' },
      { op: 'add', path: '/status/reason', value: reason },
    ];
    const client = this.#options.client.resource(resources.virtualMachineInstances);
    try {
      await client.patch(name, { type: 'json', operations }, { namespace, signal });
    } catch (error) {
      // Gone meanwhile is as good as failed.
      if (errorCode(error) !== 'not-found') throw error;
      return;
    }
    this.#options.recorder.record(instance, instanceType, {
      type: 'Normal',
      reason,
      message: `Node ${nodeName} does not answer and the launcher on it is gone.`,
    });
  }
}
