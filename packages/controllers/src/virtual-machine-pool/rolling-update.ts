// How a changed template reaches the instances of a pool's machines (KubeVirt lifecycle, pools: update).
import { silentValues } from '@virtkit/admission';
import {
  isConditionTrue,
  jsonEqual,
  type VirtualMachine,
  type VirtualMachinePool,
} from '@virtkit/core-types';
import { phaseOf } from '../instance-phase.ts';
import { isDeleting } from '../runtime/finalizers.ts';
import type { PoolMember, PoolObservation } from './observation.ts';
import { revisionLabel, revisionOf } from './revision.ts';
import { selectMembers } from './selection-policy.ts';

/** What an instance that was made from an older template needs. */
export type InstanceUpdate =
  /** The template is the same: the instance stands for the newer revision. */
  | { readonly kind: 'relabel'; readonly member: PoolMember }
  /** The instance must go, so that its machine starts another. */
  | { readonly kind: 'restart'; readonly member: PoolMember }
  /** The disks are others: the machine itself must go. */
  | { readonly kind: 'recreate'; readonly member: PoolMember };

/** The updates of a pass. */
export interface RollingUpdate {
  readonly updates: readonly InstanceUpdate[];
  /** Others have to wait until enough machines are available again. */
  readonly waiting: boolean;
}

/**
 * The instances to update now: of machines that are not ready at once, of others as long as no more than `maxUnavailable` are
 * missing, stopping, not running or not ready.
 */
export function planRollingUpdate(observation: PoolObservation): RollingUpdate {
  const { pool, members } = observation;
  const policy = pool.spec.updateStrategy?.proactive?.selectionPolicy;
  const needed = selectMembers(members, policy, observation).flatMap(
    (member) => updateOf(observation, member) ?? [],
  );
  const free = needed.filter(({ kind, member }) => kind === 'relabel' || !isReady(member.machine));
  const costly = needed.filter((update) => !free.includes(update));
  const unavailable = members.filter((member) => !isAvailable(member)).length;
  const budget = Math.max(0, maxUnavailable(pool, members.length) - unavailable);
  return { updates: [...free, ...costly.slice(0, budget)], waiting: costly.length > budget };
}

function updateOf(observation: PoolObservation, member: PoolMember): InstanceUpdate | undefined {
  const { machine, instance, stopping } = member;
  if (isDeleting(machine) || instance === undefined || stopping) return undefined;
  if (revisionLabel(machine) === revisionLabel(instance)) return undefined;
  const wanted = revisionOf(observation, machine)?.data?.virtualMachineTemplate;
  if (wanted === undefined) return undefined;
  const made = revisionOf(observation, instance)?.data?.virtualMachineTemplate;
  if (made === undefined) return { kind: 'restart', member };
  const { dataVolumeTemplates: disks, ...machineSpec } = wanted.spec ?? {};
  const { dataVolumeTemplates: disksBefore, ...machineSpecBefore } = made.spec ?? {};
  if (!jsonEqual(disks ?? [], disksBefore ?? [])) return { kind: 'recreate', member };
  const same = jsonEqual(withoutRunning(machineSpec), withoutRunning(machineSpecBefore));
  return { kind: same ? 'relabel' : 'restart', member };
}

/** When a machine runs is no reason to run it anew. */
function withoutRunning(spec: object): object {
  return { ...spec, running: undefined, runStrategy: undefined };
}

/** Whether the machine says that it is ready. */
export function isReady({ status }: VirtualMachine): boolean {
  return isConditionTrue(status?.conditions, 'Ready');
}

function isAvailable({ instance, stopping }: PoolMember): boolean {
  if (instance === undefined || stopping) return false;
  return phaseOf(instance) === 'Running' && isConditionTrue(instance.status?.conditions, 'Ready');
}

/** How many machines may be unavailable: a number, or a share of all, rounded down and at least 1; all when absent. */
function maxUnavailable({ spec }: VirtualMachinePool, total: number): number {
  const given = spec.maxUnavailable ?? silentValues.poolMaxUnavailable;
  if (typeof given === 'number') return given;
  const percent = /^\d{1,9}%$/.test(given) ? Number(given.slice(0, -1)) : 100;
  return Math.max(1, Math.floor((total * percent) / 100));
}
