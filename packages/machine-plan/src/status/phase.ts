import type { MachineState } from '@virtkit/hal';

export interface PhaseInput {
  /** The phase so far. */
  phase: string;
  /** The machine as observed; undefined when the launcher has none. */
  state: MachineState | undefined;
  /** The launcher or its machine is gone for good. */
  lost: boolean;
  /** `terminationGracePeriodSeconds`; undefined means the default. */
  gracePeriodSeconds: number | undefined;
}

/**
 * The phase of an instance from its machine, for the phases that virt-handler owns (Scheduled, Running and, from there, the
 * final ones). One total function; KubeVirt spreads this over several components (KubeVirt lifecycle, domain state to phase).
 *
 * A machine that was destroyed counts as failed when the guest had been given time to shut down, as succeeded when it had
 * been given none. Final phases never change.
 */
export function instancePhase({ phase, state, lost, gracePeriodSeconds }: PhaseInput): string {
  if (phase === 'Succeeded' || phase === 'Failed') return phase;
  if (lost) return 'Failed';
  if (state === undefined) return phase;
  switch (state.kind) {
    case 'defined':
    case 'shutting-down':
      return phase;
    case 'running':
      return 'Running';
    case 'paused':
      return state.reason === 'post-copy-failed' ? 'Failed' : 'Running';
    case 'stopped':
      return stoppedPhase(phase, state.reason, gracePeriodSeconds);
  }
}

function stoppedPhase(
  phase: string,
  reason: Extract<MachineState, { kind: 'stopped' }>['reason'],
  gracePeriodSeconds: number | undefined,
): string {
  switch (reason) {
    case 'shutdown':
    case 'saved':
      return 'Succeeded';
    case 'crashed':
    case 'panicked':
    case 'failed':
    case 'unknown':
      return 'Failed';
    case 'destroyed':
      return gracePeriodSeconds === 0 ? 'Succeeded' : 'Failed';
    case 'migrated':
      return phase;
  }
}
