import type { VirtualMachineInstance } from '@virtkit/core-types';
import type { MachineSpec } from '@virtkit/hal';
import { machineConfiguration, planMachine, uncarried, type MachineFacts } from '@virtkit/machine-plan';

/** The machine that an instance asks for, or the fields that nothing carries out. */
export function plan(instance: VirtualMachineInstance, facts: MachineFacts): MachineSpec | string[] {
  const refused = uncarried(instance.spec);
  if (refused.length > 0) return refused.map(({ path, reason }) => `${path}: ${reason}`);
  return planMachine(instance, facts, machineConfiguration());
}
