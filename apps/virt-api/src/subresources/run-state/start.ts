import {
  isConditionTrue,
  machineConditions,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import type { StartOptions } from '../options.ts';
import { nothing, refused, type Decision } from './decision.ts';
import { requestPatch, runPatch, startRequest, stopRequest } from './patches.ts';
import { runStrategyOf } from './strategy.ts';

const notRunning = ['', 'Succeeded', 'Failed', 'Unknown'];

/** What starting a machine comes to (KubeVirt subresources, start). */
export function decideStart(
  machine: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
  { paused = false }: StartOptions,
): Decision {
  const phase = instance?.status?.phase ?? '';
  if (instance !== undefined && !notRunning.includes(phase)) return refused('the machine runs already');
  if (isConditionTrue(machine.status?.conditions, machineConditions.manualRecoveryRequired))
    return refused('the machine must be recovered by hand first');
  const start = startRequest(paused);
  const again = instance === undefined ? [start] : [stopRequest(instance), start];
  const strategy = runStrategyOf(machine);
  switch (strategy) {
    case 'Halted':
      return paused ? requestPatch(machine, [start]) : runPatch(machine, true);
    case 'Manual':
      return requestPatch(machine, phase === 'Succeeded' || phase === 'Failed' ? again : [start]);
    case 'RerunOnFailure':
      if (phase === 'Failed') return refused('a machine that failed is started again by itself');
      return requestPatch(machine, phase === 'Succeeded' ? again : [start]);
    case 'Always':
    case 'Once':
      return refused(`a machine with run strategy ${strategy} is not started by request`);
    case 'WaitAsReceiver':
      return nothing;
  }
}
