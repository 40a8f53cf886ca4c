// What a pool needs next, as a pure function of what is there (KubeVirt lifecycle, pools). A pass does the steps of one stage, the
// first that has any; its results come back as events and are the start of the next pass.
//
//   deletion | mark -> dismiss -> heal -> scale out / scale in -> let go -> update -> prune
import { silentValues } from '@virtkit/admission';
import { finalizers, labels, type VirtualMachine, type VirtualMachineInstance } from '@virtkit/core-types';
import { burst } from '../replicas/burst.ts';
import { hasFinalizer, isDeleting } from '../runtime/finalizers.ts';
import { healingDelay } from './autohealing.ts';
import { buildMember, freeOrdinals, updateMember } from './member.ts';
import type { PoolMember, PoolObservation, PoolRevision } from './observation.ts';
import { buildPoolRevision, isOutdated, revisionName, unusedRevisions } from './revision.ts';
import { planRollingUpdate, type InstanceUpdate } from './rolling-update.ts';
import { selectMembers } from './selection-policy.ts';

/** One write, or a few that belong together. */
export type PoolStep =
  /** Put the pool's finalizer on it. */
  | { readonly kind: 'mark-pool' }
  /** Take the pool's finalizer from it. */
  | { readonly kind: 'release-pool' }
  /** The machine is no longer one of the pool's. */
  | { readonly kind: 'dismiss'; readonly machine: VirtualMachine }
  /** Let a machine go that is being deleted; its disks stay for the next of its name when `preserve`. */
  | { readonly kind: 'let-go'; readonly machine: VirtualMachine; readonly preserve: boolean }
  | { readonly kind: 'store-revision'; readonly revision: PoolRevision }
  | { readonly kind: 'create'; readonly machine: VirtualMachine }
  /** Delete the machine, then let it go. */
  | { readonly kind: 'delete'; readonly machine: VirtualMachine; readonly preserve: boolean }
  /** Delete the machine after its dependents. */
  | { readonly kind: 'recreate'; readonly machine: VirtualMachine }
  | { readonly kind: 'update'; readonly machine: VirtualMachine; readonly updated: VirtualMachine }
  | { readonly kind: 'restart'; readonly instance: VirtualMachineInstance }
  | { readonly kind: 'relabel'; readonly instance: VirtualMachineInstance; readonly revision: string }
  | { readonly kind: 'prune'; readonly revision: PoolRevision };

/** What the steps are for; as the reason of the condition `ReplicaFailure` where they fail. */
export type PoolStage = 'FailedScaleOut' | 'FailedScaleIn' | 'FailedUpdate' | 'FailedRevisionPruning';

/** The steps of a pass, which are independent of each other. */
export interface PoolPlan {
  readonly stage: PoolStage;
  readonly steps: readonly PoolStep[];
  /** Another pass is due after this many milliseconds. */
  readonly recheckAfterMs?: number | undefined;
}

/** Milliseconds until an update that waits for machines to become available looks again. */
const updateRetryMs = 3_000;

/** The next steps of a pool. */
export function planPool(observation: PoolObservation): PoolPlan {
  const { pool } = observation;
  if (isDeleting(pool)) return { stage: 'FailedScaleIn', steps: planDeletion(observation) };
  if (!hasFinalizer(pool, finalizers.pool)) return { stage: 'FailedUpdate', steps: [{ kind: 'mark-pool' }] };
  if (observation.selection === undefined) return { stage: 'FailedUpdate', steps: [] };
  const dismissals = planDismissals(observation);
  if (dismissals.length > 0) return { stage: 'FailedUpdate', steps: dismissals };
  if (pool.spec.paused === true) return { stage: 'FailedUpdate', steps: [] };
  const healing = planHealing(observation);
  if (healing.steps.length > 0) return healing;
  const plan = firstWithSteps(
    () => planScaling(observation),
    () => planUpdate(observation),
    () => ({
      stage: 'FailedRevisionPruning',
      steps: unusedRevisions(observation).map((revision) => ({ kind: 'prune', revision })),
    }),
  );
  return { ...plan, recheckAfterMs: earlier(plan.recheckAfterMs, healing.recheckAfterMs) };
}

/** The first plan with steps, or the first that waits; else the last. */
function firstWithSteps(...plans: readonly (() => PoolPlan)[]): PoolPlan {
  let last: PoolPlan = { stage: 'FailedUpdate', steps: [] };
  for (const plan of plans) {
    last = plan();
    if (last.steps.length > 0 || last.recheckAfterMs !== undefined) return last;
  }
  return last;
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}

/** Kubernetes deletes the machines with the pool; they only must not wait for it. */
function planDeletion({ pool, members }: PoolObservation): PoolStep[] {
  const held = members.filter(({ machine }) => hasFinalizer(machine, finalizers.pool));
  if (held.length > 0) return held.map(({ machine }) => ({ kind: 'let-go', machine, preserve: false }));
  return hasFinalizer(pool, finalizers.pool) ? [{ kind: 'release-pool' }] : [];
}

function planDismissals({ members, selection }: PoolObservation): PoolStep[] {
  return members
    .filter(({ machine }) => !isDeleting(machine) && selection?.matches(machine.metadata.labels) !== true)
    .map(({ machine }) => ({ kind: 'dismiss', machine }));
}

function planHealing({ pool, members, now }: PoolObservation): PoolPlan {
  const failing = members
    .filter(({ machine }) => !isDeleting(machine))
    .flatMap(({ machine }) => {
      const delay = healingDelay(pool, machine, now);
      return delay === undefined ? [] : [{ machine, delay }];
    });
  const due = failing.filter(({ delay }) => delay === 0);
  const next = failing.map(({ delay }) => delay).filter((delay) => delay > 0);
  return {
    stage: 'FailedScaleIn',
    steps: due.slice(0, burst).map(({ machine }) => ({ kind: 'delete', machine, preserve: false })),
    recheckAfterMs: next.length === 0 ? undefined : Math.min(...next),
  };
}

function planScaling(observation: PoolObservation): PoolPlan {
  const { pool, members } = observation;
  const surplus = members.length - (pool.spec.replicas ?? silentValues.replicas);
  if (surplus < 0) return { stage: 'FailedScaleOut', steps: planScaleOut(observation, -surplus) };
  const steps = surplus > 0 ? planScaleIn(observation, surplus) : [];
  return { stage: 'FailedScaleIn', steps: [...steps, ...planLettingGo(observation)] };
}

function planScaleOut(observation: PoolObservation, missing: number): PoolStep[] {
  const { pool, names } = observation;
  const revision = missingRevision(observation);
  if (revision !== undefined) return [revision];
  return freeOrdinals(pool, names, Math.min(burst, missing)).map((ordinal) => ({
    kind: 'create',
    machine: buildMember(pool, ordinal, revisionName(pool)),
  }));
}

/** The copy of the pool's spec, which must exist before a machine is made from it. */
function missingRevision({ pool, revisions }: PoolObservation): PoolStep | undefined {
  const name = revisionName(pool);
  if (revisions.some(({ metadata }) => metadata.name === name)) return undefined;
  return { kind: 'store-revision', revision: buildPoolRevision(pool) };
}

/** Machines that are deleted already count towards the goal. */
function planScaleIn(observation: PoolObservation, surplus: number): PoolStep[] {
  const { pool, members } = observation;
  const strategy = pool.spec.scaleInStrategy ?? {};
  if (strategy.unmanaged !== undefined || strategy.opportunistic !== undefined) return [];
  const staying = members.filter(({ machine }) => !isDeleting(machine));
  const wanted = Math.min(burst, surplus - (members.length - staying.length));
  const { selectionPolicy } = strategy.proactive ?? {};
  return selectMembers(staying, selectionPolicy, observation)
    .slice(0, Math.max(0, wanted))
    .map(({ machine }) => ({ kind: 'delete', machine, preserve: preservesState(observation) }));
}

/** Machines that somebody deleted; where scaling in is left to others, letting them go is, too. */
function planLettingGo(observation: PoolObservation): PoolStep[] {
  const { pool, members } = observation;
  if (pool.spec.scaleInStrategy?.unmanaged !== undefined) return [];
  return members
    .filter(({ machine }) => isDeleting(machine) && hasFinalizer(machine, finalizers.pool))
    .map(({ machine }) => ({ kind: 'let-go', machine, preserve: preservesState(observation) }));
}

/** `Online` is as good as `Offline`: only disks are kept. */
function preservesState({ pool: { spec } }: PoolObservation): boolean {
  const { opportunistic, proactive } = spec.scaleInStrategy ?? {};
  const preservation = (opportunistic ?? proactive)?.statePreservation ?? 'Disabled';
  return preservation !== 'Disabled';
}

/** Machines first, their instances in the passes that follow; only while the number of machines is right. */
function planUpdate(observation: PoolObservation): PoolPlan {
  const { pool, members } = observation;
  const stage = 'FailedUpdate';
  const strategy = pool.spec.updateStrategy ?? {};
  const settled = members.length === (pool.spec.replicas ?? silentValues.replicas);
  if (!settled || strategy.unmanaged !== undefined) return { stage, steps: [] };
  const outdated = members.filter(({ machine }) => !isDeleting(machine) && isOutdated(observation, machine));
  if (outdated.length > 0) return { stage, steps: updatesOf(observation, outdated) };
  if (strategy.opportunistic !== undefined) return { stage, steps: [] };
  const { updates, waiting } = planRollingUpdate(observation);
  return {
    stage,
    steps: updates.map(stepOf),
    recheckAfterMs: waiting ? updateRetryMs : undefined,
  };
}

function updatesOf(observation: PoolObservation, outdated: readonly PoolMember[]): PoolStep[] {
  const { pool } = observation;
  const revision = missingRevision(observation);
  if (revision !== undefined) return [revision];
  return outdated.slice(0, burst).map(({ machine }) => ({
    kind: 'update',
    machine,
    updated: updateMember(pool, machine, revisionName(pool)),
  }));
}

function stepOf({ kind, member: { machine, instance } }: InstanceUpdate): PoolStep {
  if (kind === 'recreate' || instance === undefined) return { kind: 'recreate', machine };
  if (kind === 'restart') return { kind, instance };
  return { kind, instance, revision: machine.metadata.labels?.[labels.poolRevision] ?? '' };
}
