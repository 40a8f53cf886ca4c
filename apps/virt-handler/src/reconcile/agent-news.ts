import { instanceConditions, isConditionTrue, type VirtualMachineInstance } from '@virtkit/core-types';
import type { Observed } from '@virtkit/hal';

/**
 * Whether the guest's agent has connected and nobody was told of it yet. A guest says at once who it is, so that both can be told
 * with one write; not where another phase is to be told, which waits for nothing.
 */
export function isAgentNews({ status }: VirtualMachineInstance, observed: Observed | undefined): boolean {
  return (
    status?.phase === 'Running' &&
    observed?.state.kind === 'running' &&
    observed.guestAgent.connected &&
    !isConditionTrue(status.conditions, instanceConditions.agentConnected)
  );
}
