// What a replica set needs next, as a pure function of what is there (KubeVirt lifecycle, replica sets).
import { silentValues } from '@virtkit/admission';
import { getCondition, type VirtualMachineInstance } from '@virtkit/core-types';
import { isFinal } from '../instance-phase.ts';
import { burst } from '../replicas/burst.ts';
import { isDeleting } from '../runtime/finalizers.ts';
import type { ReplicaSetObservation } from './observation.ts';

/** The steps of a pass; all of them are independent of each other. */
export interface ReplicaSetPlan {
  /** Instances that match and that nobody manages. */
  readonly adopt: readonly VirtualMachineInstance[];
  /** Instances that do not match any more. */
  readonly release: readonly VirtualMachineInstance[];
  /** How many instances to make. */
  readonly create: number;
  /** Instances that are too many. */
  readonly remove: readonly VirtualMachineInstance[];
  /** Instances that have ended, or whose Pod has, and make room for others; only after everything else went well. */
  readonly cleanUp: readonly VirtualMachineInstance[];
}

const nothing: ReplicaSetPlan = { adopt: [], release: [], create: 0, remove: [], cleanUp: [] };

/**
 * The next steps. A replica set whose selector does not fit its template does nothing; one that is paused or deleted neither makes
 * nor deletes instances. Which ones are too many follows no order.
 */
export function planReplicaSet(observation: ReplicaSetObservation): ReplicaSetPlan {
  const { replicaSet, selection } = observation;
  if (selection === undefined) return nothing;
  const claims = planClaims(observation);
  if (replicaSet.spec.paused === true || isDeleting(replicaSet)) return claims;
  const members = membersOf(observation, claims);
  const active = members.filter(isActive);
  const surplus = active.length - (replicaSet.spec.replicas ?? silentValues.replicas);
  return {
    ...claims,
    create: Math.min(burst, Math.max(0, -surplus)),
    remove: active.slice(0, Math.min(burst, Math.max(0, surplus))),
    cleanUp: members.filter((instance) => isOver(instance) && !isDeleting(instance)).slice(0, burst),
  };
}

function planClaims({ replicaSet, selection, owned, orphans }: ReplicaSetObservation): ReplicaSetPlan {
  const matches = ({ metadata }: VirtualMachineInstance) => selection?.matches(metadata.labels) === true;
  return {
    ...nothing,
    adopt: isDeleting(replicaSet) ? [] : orphans.filter((one) => matches(one) && !isDeleting(one)),
    release: owned.filter((one) => !matches(one) && !isDeleting(one)),
  };
}

/** The instances of the replica set once claims are settled. */
export function membersOf(
  { owned }: ReplicaSetObservation,
  { adopt, release }: Pick<ReplicaSetPlan, 'adopt' | 'release'>,
): readonly VirtualMachineInstance[] {
  return [...owned.filter((instance) => !release.includes(instance)), ...adopt];
}

/** Whether an instance counts as a replica. */
export function isActive(instance: VirtualMachineInstance): boolean {
  return !isDeleting(instance) && !isOver(instance);
}

/** Final, or about to be: its Pod is on its way out. */
function isOver(instance: VirtualMachineInstance): boolean {
  const ready = getCondition(instance.status?.conditions, 'Ready');
  return isFinal(instance) || (ready?.status === 'False' && ready.reason === 'PodTerminating');
}
