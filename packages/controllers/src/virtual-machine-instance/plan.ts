// What an instance needs next, as a pure function of what is there.
//
//   Pending --pod created--> Scheduling --launcher runs--> Scheduled ==(virt-handler)==> Running
//      |                         |                             |                            |
//      |     pod gone or down    v         pod gone            v     pod gone, guest ended  v
//      +----------------------> Failed <-----------------------+---------------> Succeeded | Failed
//
// virt-controller owns Pending and Scheduling, and Failed where nobody else can tell (the pod is gone). Phases are
// written by `project.ts`; this module says what is to be done to pods.
import {
  annotations,
  finalizers,
  getCondition,
  isConditionTrue,
  type Condition,
  type Pod,
} from '@virtkit/core-types';
import { isFinal, phaseOf } from '../instance-phase.ts';
import { hasFinalizer, isDeleting } from '../runtime/finalizers.ts';
import { unpausedCondition } from '../launcher-keys.ts';
import { planAttachment, type AttachmentEffect } from './hotplug/plan-attachment.ts';
import type { InstanceObservation } from './observation.ts';
import { isPodDown } from './pod-state.ts';

/** One step towards what the instance asks for. */
export type InstanceEffect =
  | { readonly kind: 'none' }
  /** Admission has not marked it: without the finalizer its pods could outlive it. */
  | { readonly kind: 'mark-instance' }
  | { readonly kind: 'create-pod' }
  | AttachmentEffect
  | { readonly kind: 'delete-pods'; readonly pods: readonly Pod[] }
  /** Tell the pod whether the guest is paused, on which its readiness depends. */
  | { readonly kind: 'set-unpaused'; readonly pod: Pod; readonly condition: Condition }
  /** Tell the descheduler by the pod whether its eviction is under way. */
  | { readonly kind: 'mark-eviction'; readonly pod: Pod; readonly inProgress: boolean };

/** The next step for an instance. */
export function planInstance(observation: InstanceObservation): InstanceEffect {
  const { instance, pods, pod } = observation;
  const attachment = planAttachment(observation);
  if (attachment?.kind === 'delete-attachments') return attachment;
  if (isDeleting(instance)) return planDeletion(pods);
  if (isFinal(instance)) return { kind: 'none' };
  if (!hasFinalizer(instance, finalizers.instance)) return { kind: 'mark-instance' };
  const phase = phaseOf(instance);
  if (phase === 'Pending' && pods.length === 0) return { kind: 'create-pod' };
  if (pod === undefined || isPodDown(pod)) return { kind: 'none' };
  const mark = planEvictionMark(observation, pod);
  if (mark.kind !== 'none') return mark;
  const gate: InstanceEffect = phase === 'Running' ? planReadinessGate(observation, pod) : { kind: 'none' };
  return gate.kind === 'none' ? (attachment ?? gate) : gate;
}

/** KubeVirt lifecycle: the pod says that an eviction is under way for as long as the instance is to leave a node. */
function planEvictionMark({ instance }: InstanceObservation, pod: Pod): InstanceEffect {
  const inProgress = Boolean(instance.status?.evacuationNodeName);
  const marked = pod.metadata.annotations?.[annotations.evictionInProgress] !== undefined;
  return marked === inProgress ? { kind: 'none' } : { kind: 'mark-eviction', pod, inProgress };
}

/** KubeVirt lifecycle: every pod of a deleted instance goes; one that is already going is left to its grace period. */
function planDeletion(pods: readonly Pod[]): InstanceEffect {
  const left = pods.filter((pod) => !isDeleting(pod));
  return left.length === 0 ? { kind: 'none' } : { kind: 'delete-pods', pods: left };
}

/**
 * The gate opens when the guest runs, not earlier: until then the instance is not ready in any case, and the pod's
 * start is spared a write.
 */
function planReadinessGate({ instance }: InstanceObservation, pod: Pod): InstanceEffect {
  const paused = isConditionTrue(instance.status?.conditions, 'Paused');
  const current = getCondition(pod.status?.conditions, unpausedCondition);
  const wanted = paused ? 'False' : 'True';
  if (current?.status === wanted || (paused && current === undefined)) return { kind: 'none' };
  return {
    kind: 'set-unpaused',
    pod,
    condition: { type: unpausedCondition, status: wanted, reason: paused ? 'Paused' : 'NotPaused' },
  };
}
