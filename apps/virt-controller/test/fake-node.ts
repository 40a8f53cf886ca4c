import { resources, type Pod, type VirtualMachineInstance } from '@virtkit/core-types';
import { controller, done, InformerCache, type Action, type Logger } from '@virtkit/controllers/runtime';
import type { Client } from '@virtkit/sdk';

const gate = 'kubevirt.io/virtual-machine-unpaused';

/** What the node does to pods and guests, as data, so that tests can change it while it runs. */
export interface NodeBehaviour {
  /** Pods of these instances stay without a node. */
  unschedulable: Set<string>;
  /** Pods of these instances are not looked at yet. */
  unseen: Set<string>;
  /** Guests of these machines end before they run, or as they start. */
  failing: Set<string>;
  /** Guests that power themselves off: machine name -> final phase. */
  ending: Map<string, 'Succeeded' | 'Failed'>;
  /** The image of these instances cannot be pulled. */
  unpullable: Set<string>;
}

/**
 * Scheduler, kubelet and virt-handler in one: binds pods, runs them, makes guests of handed-over instances, and ends
 * them. Each step is one write, as in the real programs.
 */
export async function runFakeNode(
  clients: { scheduler: Client; kubelet: Client; handler: Client },
  behaviour: NodeBehaviour,
  signal: AbortSignal,
  logger: Logger,
): Promise<void> {
  const cache = new InformerCache({ client: clients.kubelet, logger });
  const pods = cache.informer(resources.pods);
  const instances = cache.informer(resources.virtualMachineInstances);
  const podWorker = controller({
    name: 'fake-kubelet',
    resource: pods,
    logger,
    reconcile: async (key) => {
      const pod = pods.store.get(key);
      if (pod !== undefined) await stepPod(clients, pod, behaviour);
      return done;
    },
  });
  const guestWorker = controller({
    name: 'fake-handler',
    resource: instances,
    logger,
    owns: [pods],
    reconcile: async (key): Promise<Action> => {
      const instance = instances.store.get(key);
      if (instance === undefined) return done;
      const pod = pods.store
        .list()
        .find(({ metadata }) => metadata.labels?.['kubevirt.io/created-by'] === instance.metadata.uid);
      await stepGuest(clients.handler, instance, pod, behaviour);
      return done;
    },
  });
  await Promise.all([cache.run(signal), podWorker.run({ signal }), guestWorker.run({ signal })]);
}

async function stepPod(
  { scheduler, kubelet }: { scheduler: Client; kubelet: Client },
  pod: Pod,
  behaviour: NodeBehaviour,
): Promise<void> {
  const { name = '', namespace, annotations = {} } = pod.metadata;
  const instance = annotations['kubevirt.io/domain'] ?? '';
  if (pod.metadata.deletionTimestamp !== undefined) {
    await kubelet.pods.delete(name, { namespace, gracePeriodSeconds: 0 });
    return;
  }
  if (pod.spec.nodeName === undefined) {
    if (behaviour.unseen.has(instance)) return;
    if (behaviour.unschedulable.has(instance)) {
      await reportUnschedulable(scheduler, pod);
      return;
    }
    await scheduler.pods.subresource(name, 'binding', {
      method: 'POST',
      namespace,
      body: {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name },
        target: { apiVersion: 'v1', kind: 'Node', name: 'node-1' },
      },
    });
    return;
  }
  await runPod(kubelet, pod, behaviour.unpullable.has(instance));
}

async function reportUnschedulable(scheduler: Client, pod: Pod): Promise<void> {
  if (pod.status?.conditions?.some(({ type }) => type === 'PodScheduled') === true) return;
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message: 'no node fits',
  };
  const body = { status: { conditions: [condition] } };
  const { name = '', namespace } = pod.metadata;
  await scheduler.pods.patch(name, { type: 'strategic', body }, { namespace, subresource: 'status' });
}

async function runPod(kubelet: Client, pod: Pod, unpullable: boolean): Promise<void> {
  const { name = '', namespace } = pod.metadata;
  const open = pod.status?.conditions?.find(({ type }) => type === gate)?.status === 'True';
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  const wanted = open ? 'True' : 'False';
  const waits = pod.status?.containerStatuses?.[0]?.state?.waiting !== undefined;
  if (unpullable ? waits : pod.status?.phase === 'Running' && ready === wanted) return;
  const now = new Date().toISOString();
  const state = unpullable
    ? { waiting: { reason: 'ErrImagePull', message: 'no such image' } }
    : { running: { startedAt: now } };
  const body = {
    status: {
      phase: unpullable ? 'Pending' : 'Running',
      qosClass: 'Burstable',
      podIP: '10.42.0.9',
      conditions: [{ type: 'Ready', status: unpullable ? 'False' : wanted, lastTransitionTime: now }],
      containerStatuses: [
        {
          name: 'compute',
          ready: !unpullable,
          restartCount: 0,
          image: pod.spec.containers[0]?.image ?? '',
          imageID: '',
          state: unpullable
            ? { waiting: state.waiting, running: null }
            : { running: state.running, waiting: null },
        },
      ],
    },
  };
  await kubelet.pods.patch(name, { type: 'strategic', body }, { namespace, subresource: 'status' });
}

async function stepGuest(
  handler: Client,
  instance: VirtualMachineInstance,
  pod: Pod | undefined,
  behaviour: NodeBehaviour,
): Promise<void> {
  const { name = '', namespace, resourceVersion } = instance.metadata;
  const phase = instance.status?.phase;
  if (phase !== 'Scheduled' && phase !== 'Running') return;
  const stopping =
    instance.metadata.deletionTimestamp !== undefined || pod?.metadata.deletionTimestamp !== undefined;
  const end = stopping ? 'Succeeded' : behaviour.failing.has(name) ? 'Failed' : behaviour.ending.get(name);
  const next = end ?? 'Running';
  if (next === phase) return;
  const before = instance.status?.phaseTransitionTimestamps ?? [];
  const entry = { phase: next, phaseTransitionTimestamp: new Date().toISOString() };
  const body = {
    metadata: { resourceVersion },
    status: {
      phase: next,
      phaseTransitionTimestamps: before.some((one) => one.phase === next) ? before : [...before, entry],
      ...(next === 'Running'
        ? { interfaces: [{ name: 'default', ipAddress: '10.42.0.9', podInterfaceName: 'eth0' }] }
        : {}),
    },
  };
  await handler.virtualMachineInstances.patch(name, { type: 'merge', body }, { namespace });
  // Not before: a pass that meets a newer version is repeated.
  behaviour.ending.delete(name);
}

export function quietNode(): NodeBehaviour {
  return {
    unschedulable: new Set(),
    unseen: new Set(),
    failing: new Set(),
    ending: new Map(),
    unpullable: new Set(),
  };
}
