import { sameConditions, jsonEqual, type Condition, type VirtualMachineInstance } from '@virtkit/core-types';
import { phaseOf } from '../instance-phase.ts';

/**
 * Whether the difference must be written now. Minor, and so worth waiting for company, are: the step to Scheduling
 * (usually Scheduled follows at once), why the instance is not ready, and what the pod is known to be until it is
 * handed over.
 */
export function isUrgent(before: VirtualMachineInstance, after: VirtualMachineInstance): boolean {
  const phase = phaseOf(after);
  if (phase !== phaseOf(before) && phase !== 'Scheduling') return true;
  if (!jsonEqual(before.metadata.finalizers, after.metadata.finalizers)) return true;
  if (!jsonEqual(before.metadata.labels, after.metadata.labels)) return true;
  // A volume that is plugged in takes several steps, each of which waits for the one before.
  if (!jsonEqual(pluggedVolumes(before), pluggedVolumes(after))) return true;
  return !sameConditions(significant(before), significant(after));
}

function pluggedVolumes({ status }: VirtualMachineInstance) {
  return (status?.volumeStatus ?? []).filter(({ hotplugVolume }) => hotplugVolume !== undefined);
}

/** An instance that is not ready is as good as one that does not say; the reason is for people. */
function significant({ status }: VirtualMachineInstance): Condition[] {
  return (status?.conditions ?? [])
    .filter(({ type, status: value }) => type !== 'Ready' || value === 'True')
    .map((condition) => (condition.type === 'Ready' ? { ...condition, reason: undefined } : condition));
}
