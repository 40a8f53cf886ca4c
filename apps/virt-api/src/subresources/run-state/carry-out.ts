import type { VirtualMachine, VirtualMachineInstance } from '@virtkit/core-types';
import { isApiError, type Client } from '@virtkit/sdk';
import { refusal } from '../refusal.ts';
import type { Decision } from './decision.ts';

export interface Target {
  readonly client: Client;
  readonly machine: VirtualMachine;
  readonly instance: VirtualMachineInstance | undefined;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** What became of a decision; `lost-race` says how it was noticed that somebody else was faster. */
type Outcome = { readonly kind: 'done' } | { readonly kind: 'lost-race'; readonly cause: unknown };

/** Does what was decided. @throws ApiServerError as decided */
export async function carryOut(decision: Decision, target: Target): Promise<Outcome> {
  const { machine, instance } = target;
  const name = machine.metadata.name ?? '';
  switch (decision.kind) {
    case 'refused':
      throw refusal(decision.code, 'virtualMachines', name, decision.message);
    case 'nothing':
      return { kind: 'done' };
    case 'patch': {
      const { gracePeriodSeconds } = decision;
      if (gracePeriodSeconds !== undefined && instance !== undefined)
        await setGrace(target, instance, gracePeriodSeconds);
      try {
        await patchMachine(decision, target);
        return { kind: 'done' };
      } catch (error) {
        // A grace period without the stop that it was meant for would surprise at the next stop.
        if (gracePeriodSeconds !== undefined && instance !== undefined)
          await setGrace(target, instance, instance.spec.terminationGracePeriodSeconds);
        if (isApiError(error, 'conflict')) return { kind: 'lost-race', cause: error };
        throw error;
      }
    }
  }
}

async function patchMachine(
  { part, operations }: Extract<Decision, { kind: 'patch' }>,
  { client, machine: { metadata }, dryRun, signal }: Target,
): Promise<void> {
  await client.virtualMachines.patch(
    metadata.name ?? '',
    { type: 'json', operations: [...operations] },
    {
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      ...(part === 'status' ? { subresource: 'status' } : {}),
      dryRun,
      signal,
    },
  );
}

/** A merge patch, so that it applies to an instance with and without a grace period; undefined takes it away. */
async function setGrace(
  { client, dryRun, signal }: Target,
  { metadata }: VirtualMachineInstance,
  seconds: number | undefined,
): Promise<void> {
  await client.virtualMachineInstances.patch(
    metadata.name ?? '',
    { type: 'merge', body: { spec: { terminationGracePeriodSeconds: seconds ?? null } } },
    { ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }), dryRun, signal },
  );
}
