// A node whose agent is silent takes no new instances, and instances on it whose launcher is gone are lost.
import { annotations, labels, type Node, type Pod, type VirtualMachineInstance } from '@virtkit/core-types';
import { phaseOf } from '../instance-phase.ts';
import { isControlledBy } from '../runtime/object-key.ts';

/** KubeVirt lifecycle: a heartbeat older than this means that the agent is gone. */
const heartbeatTimeoutMs = 5 * 60_000;

export interface NodeObservation {
  readonly nodeName: string;
  readonly node: Node | undefined;
  /** Instances with this node's name in their label. */
  readonly instances: readonly VirtualMachineInstance[];
  /** Launcher pods of these instances. */
  readonly pods: readonly Pod[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface NodePlan {
  readonly markUnschedulable: boolean;
  /** Instances to declare failed. */
  readonly lost: readonly VirtualMachineInstance[];
}

/**
 * What is to be done about a node. A node without the heartbeat annotation counts as fine, and so does one whose
 * heartbeat cannot be read.
 */
export function planNode(observation: NodeObservation): NodePlan {
  const { node, instances, pods, nodeName } = observation;
  if (isResponsive(observation)) return { markUnschedulable: false, lost: [] };
  return {
    markUnschedulable: node?.metadata.labels?.[labels.schedulable] === 'true',
    lost: instances.filter(
      (instance) =>
        (phaseOf(instance) === 'Scheduled' || phaseOf(instance) === 'Running') &&
        !pods.some((pod) => pod.spec.nodeName === nodeName && isAlive(pod) && isControlledBy(pod, instance)),
    ),
  };
}

function isResponsive({ node, now }: NodeObservation): boolean {
  if (node === undefined) return false;
  const heartbeat = Date.parse(node.metadata.annotations?.[annotations.heartbeat] ?? '');
  return Number.isNaN(heartbeat) || now - heartbeat <= heartbeatTimeoutMs;
}

function isAlive({ status }: Pod): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return false;
  const containers = status?.containerStatuses ?? [];
  return containers.length === 0 || containers.some(({ state }) => state?.terminated === undefined);
}
