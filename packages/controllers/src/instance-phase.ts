import type { VirtualMachineInstance } from '@virtkit/core-types';

/** The phase of an instance; not yet set counts as Pending, which admission writes at creation. */
export function phaseOf(instance: VirtualMachineInstance): string {
  return instance.status?.phase ?? 'Pending';
}

/** Succeeded and Failed are final: nothing leads out of them. */
export function isFinal(instance: VirtualMachineInstance): boolean {
  const phase = phaseOf(instance);
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Whether the guest ever ran. */
export function reachedRunning(instance: VirtualMachineInstance): boolean {
  return (
    phaseOf(instance) === 'Running' ||
    (instance.status?.phaseTransitionTimestamps ?? []).some(({ phase }) => phase === 'Running')
  );
}
