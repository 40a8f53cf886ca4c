import type { VirtualMachine, VirtualMachineInstance } from '@virtkit/core-types';
import type { StopOptions } from '../options.ts';
import { nothing, refused, type Decision } from './decision.ts';
import { requestPatch, runPatch, stopRequest } from './patches.ts';
import { isActive, runStrategyOf } from './strategy.ts';

/** What stopping a machine comes to (KubeVirt subresources, stop). */
export function decideStop(
  machine: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
  options: StopOptions,
): Decision {
  const grace = options.gracePeriod ?? undefined;
  if (grace !== undefined && grace < 0) return refused('a grace period cannot be negative', 'BadRequest');
  const strategy = runStrategyOf(machine);
  switch (strategy) {
    case 'Halted':
      if (!isActive(instance)) return refused('the machine does not run');
      if (!isShorter(grace, instance))
        return refused('the machine stops already; only a shorter grace period can be asked for');
      return requestPatch(machine, [stopRequest(instance)], grace);
    case 'Manual':
    case 'RerunOnFailure':
      if (!isActive(instance)) return refused('the machine does not run');
      return requestPatch(machine, [stopRequest(instance)], grace);
    case 'Always':
    case 'Once': {
      const patch = runPatch(machine, false);
      return patch.kind === 'patch' && grace !== undefined && isActive(instance)
        ? { ...patch, gracePeriodSeconds: grace }
        : patch;
    }
    case 'WaitAsReceiver':
      return nothing;
  }
}

function isShorter(grace: number | undefined, { spec }: VirtualMachineInstance): boolean {
  const present = spec.terminationGracePeriodSeconds;
  return grace !== undefined && (present === undefined || grace < present);
}
