import {
  runStrategies,
  type RunStrategy,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@virtkit/core-types';

/** The strategy in force: `running` where it is set, else `runStrategy`, else Halted. Unknown ones count as Halted. */
export function runStrategyOf({ spec }: VirtualMachine): RunStrategy {
  if (spec.running !== undefined) return spec.running ? 'Always' : 'Halted';
  return runStrategies.find((strategy) => strategy === spec.runStrategy) ?? 'Halted';
}

/** Whether the instance has ended. */
function isFinal({ status }: VirtualMachineInstance): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/** Whether the instance is on its way or running. */
export function isActive(instance: VirtualMachineInstance | undefined): instance is VirtualMachineInstance {
  return instance !== undefined && !isFinal(instance);
}
