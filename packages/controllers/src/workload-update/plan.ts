// What becomes of running machines after the platform was updated: those that an older launcher runs, or whose change only a new
// launcher can carry out, are counted, and replaced by the ways that the KubeVirt object allows.
import {
  Duration,
  instanceConditions,
  isConditionTrue,
  type KubeVirt,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { phaseOf } from '../instance-phase.ts';

/** KubeVirt defaults: so many at a time, and so long between. */
const silentValues = { batchEvictionSize: 10, batchEvictionIntervalMs: 60_000 };

/** Conditions of instances that tell of a change for which another launcher is needed (KubeVirt: workload updates). */
const pendingChanges = [
  instanceConditions.hotVCPUChange,
  instanceConditions.hotMemoryChange,
  instanceConditions.migrationRequired,
  instanceConditions.volumesChange,
] as const;

/** What a plan is made from. */
export interface WorkloadObservation {
  readonly kubeVirt: KubeVirt;
  readonly instances: readonly VirtualMachineInstance[];
  /** Of new launchers. */
  readonly launcherImage: string;
  /** When instances were evicted last; undefined if never. */
  readonly lastBatchAt: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What is to be done about running instances. */
export type WorkloadPlan =
  /** While the platform changes, its machines are left alone and not counted. */
  | { readonly kind: 'wait' }
  | {
      readonly kind: 'update';
      /** How many instances run that should run on another launcher; `status.outdatedVirtualMachineInstanceWorkloads`. */
      readonly outdated: number;
      readonly evict: readonly VirtualMachineInstance[];
      /** When the next ones are due, milliseconds since the epoch; undefined when none are left that may be evicted. */
      readonly nextBatchAt: number | undefined;
    };

/**
 * What is to be done. Only what cannot migrate is evicted when `LiveMigrate` is a way that is allowed; migrations themselves are
 * not carried out, which instances say by their condition `LiveMigratable`. Pure.
 * @throws CoreTypesError `InvalidDuration` when the KubeVirt object says nonsense about the interval
 */
export function planWorkloadUpdate(observation: WorkloadObservation): WorkloadPlan {
  const { kubeVirt, instances, launcherImage, lastBatchAt, now } = observation;
  if (!isSettled(kubeVirt)) return { kind: 'wait' };
  const outdated = instances.filter(
    (instance) => isRunning(instance) && (isOutdated(instance, launcherImage) || hasPendingChange(instance)),
  );
  const candidates = evictable(outdated, kubeVirt);
  const { size, intervalMs } = batchOf(kubeVirt);
  const dueAt = lastBatchAt === undefined ? now : lastBatchAt + intervalMs;
  const isDue = dueAt <= now;
  const evict = isDue ? candidates.slice(0, size) : [];
  const left = candidates.length - evict.length;
  const nextBatchAt = left === 0 ? undefined : isDue ? now + intervalMs : dueAt;
  return { kind: 'update', outdated: outdated.length, evict, nextBatchAt };
}

/** What is installed is what is meant. */
function isSettled({ status }: KubeVirt): boolean {
  return (
    status?.phase === 'Deployed' &&
    status.observedDeploymentID !== undefined &&
    status.observedDeploymentID === status.targetDeploymentID
  );
}

function isRunning(instance: VirtualMachineInstance): boolean {
  return phaseOf(instance) === 'Running' && instance.metadata.deletionTimestamp === undefined;
}

function isOutdated({ status }: VirtualMachineInstance, launcherImage: string): boolean {
  const image = status?.launcherContainerImageVersion ?? '';
  return image !== '' && image !== launcherImage;
}

function hasPendingChange({ status }: VirtualMachineInstance): boolean {
  return pendingChanges.some((type) => isConditionTrue(status?.conditions, type));
}

function evictable(
  outdated: readonly VirtualMachineInstance[],
  { spec }: KubeVirt,
): readonly VirtualMachineInstance[] {
  const methods = spec.workloadUpdateStrategy?.workloadUpdateMethods ?? [];
  if (!methods.includes('Evict')) return [];
  if (!methods.includes('LiveMigrate')) return outdated;
  return outdated.filter(
    ({ status }) => !isConditionTrue(status?.conditions, instanceConditions.liveMigratable),
  );
}

function batchOf({ spec }: KubeVirt): { size: number; intervalMs: number } {
  const { batchEvictionSize, batchEvictionInterval } = spec.workloadUpdateStrategy ?? {};
  return {
    size: batchEvictionSize ?? silentValues.batchEvictionSize,
    intervalMs:
      batchEvictionInterval === undefined
        ? silentValues.batchEvictionIntervalMs
        : Duration.parse(batchEvictionInterval).milliseconds,
  };
}
