import {
  instanceConditions,
  isConditionTrue,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import type { RestartOptions } from '../options.ts';
import { refused, type Decision } from './decision.ts';
import { requestPatch, startRequest, stopRequest } from './patches.ts';
import { runStrategyOf } from './strategy.ts';

/** Seconds that a guest is given when it is restarted by force. */
const forcedGrace = 1;

/** What restarting a machine comes to (KubeVirt subresources, restart). */
export function decideRestart(
  machine: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
  options: RestartOptions,
): Decision {
  const grace = options.gracePeriodSeconds ?? undefined;
  if (grace !== undefined && grace > 0)
    return refused('a restart knows the grace period 0 (by force) and none', 'BadRequest');
  if (grace !== undefined && grace < 0) return refused('a grace period cannot be negative', 'BadRequest');
  if (isConditionTrue(machine.status?.conditions, instanceConditions.volumesChange))
    return refused('the volumes of the machine are being changed');
  const strategy = runStrategyOf(machine);
  if (strategy === 'Halted' || strategy === 'Once')
    return refused(`a machine with run strategy ${strategy} is not restarted by request`);
  if (instance === undefined) return refused('the machine does not run');
  const requests = [stopRequest(instance), startRequest()];
  return requestPatch(machine, requests, grace === 0 ? forcedGrace : undefined);
}
