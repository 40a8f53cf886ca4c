import { ApiServerError } from '@virtkit/apiserver';
import { readOptions } from './body.ts';
import { requiredMachine } from './context.ts';
import { isDryRun, RestartOptionsSchema, StartOptionsSchema, StopOptionsSchema } from './options.ts';
import type { Call } from './route.ts';
import { conflict, ifFound } from './refusal.ts';
import { carryOut } from './run-state/carry-out.ts';
import { decideRestart } from './run-state/restart.ts';
import { decideStart } from './run-state/start.ts';
import { decideStop } from './run-state/stop.ts';
import type { Decision } from './run-state/decision.ts';
import type { VirtualMachine, VirtualMachineInstance } from '@virtkit/core-types';

type Decide = (machine: VirtualMachine, instance: VirtualMachineInstance | undefined) => Decision;

/** Start, stop and restart by name; each answers 202 when it was accepted. */
export const machineOperations: ReadonlyMap<string, (call: Call) => Promise<void>> = new Map([
  [
    'start',
    async (call: Call) => {
      const options = await readOptions(call.request, StartOptionsSchema);
      await decided(call, isDryRun(options), (machine, instance) => decideStart(machine, instance, options));
    },
  ],
  [
    'stop',
    async (call: Call) => {
      const options = await readOptions(call.request, StopOptionsSchema);
      await decided(call, isDryRun(options), (machine, instance) => decideStop(machine, instance, options));
    },
  ],
  [
    'restart',
    async (call: Call) => {
      const options = await readOptions(call.request, RestartOptionsSchema);
      await decided(call, isDryRun(options), (machine, instance) =>
        decideRestart(machine, instance, options),
      );
    },
  ],
]);

/** Times that a decision is made anew because the machine changed while it was carried out. */
const attempts = 5;

/**
 * Decides on the machine as it is and carries that out; anew when the machine changed meanwhile.
 * @throws ApiServerError as decided; `Conflict` when it keeps changing
 */
export async function decided(
  { client, target, signal }: Pick<Call, 'client' | 'target' | 'signal'>,
  dryRun: boolean,
  decide: Decide,
): Promise<void> {
  const { namespace, name } = target;
  let cause: unknown;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const machine = await requiredMachine(client, target, signal);
    requireOneStrategy(machine);
    const instance = await ifFound(client.virtualMachineInstances.get(name, { namespace, signal }));
    const decision = decide(machine, instance);
    const outcome = await carryOut(decision, { client, machine, instance, dryRun, signal });
    if (outcome.kind === 'done') return;
    ({ cause } = outcome);
  }
  throw conflict('virtualMachines', name, 'it keeps changing; try again', cause);
}

/** Admission refuses machines that say it twice; older ones may be there. */
function requireOneStrategy({ spec }: VirtualMachine): void {
  if (spec.running !== undefined && spec.runStrategy !== undefined)
    throw new ApiServerError('InternalError', 'running and runStrategy exclude each other');
}
