import type { MachineState } from '@virtkit/hal';

/** What a phase follows from. */
export interface PhaseInput {
  /** The present phase. */
  phase: string;
  /** The machine as observed; undefined when the launcher has none, or cannot be asked right now. */
  state: MachineState | undefined;
  /** The launcher or its machine is gone for good. */
  lost: boolean;
  /** `terminationGracePeriodSeconds`; absent is the default, which is not 0. */
  gracePeriodSeconds: number | undefined;
}

/** Succeeded and Failed are final: nothing leads out of them. */
export function isFinalPhase(phase: string): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/**
 * The phases of which virt-handler is the author, as one function (KubeVirt lifecycle: domain state to phase).
 *
 * ```
 *   Scheduled ---- running, paused ----> Running
 *   Scheduled, Running -- shutdown, saved; destroyed without grace period --> Succeeded
 *   Scheduled, Running -- crashed, panicked, failed, lost; destroyed although it had time --> Failed
 * ```
 *
 * Every other phase is another component's and stays as it is. A machine that stopped for an unknown reason counts as
 * Failed at once; in KubeVirt it is deleted first and its VMI fails when the launcher is found gone.
 */
export function instancePhase({ phase, state, lost, gracePeriodSeconds }: PhaseInput): string {
  if (phase !== 'Scheduled' && phase !== 'Running') return phase;
  if (lost) return 'Failed';
  return state === undefined ? phase : phaseOfState(phase, state, gracePeriodSeconds);
}

function phaseOfState(phase: string, state: MachineState, grace: number | undefined): string {
  switch (state.kind) {
    case 'defined':
    case 'shutting-down':
      return phase;
    case 'running':
      return 'Running';
    case 'paused':
      return state.reason === 'post-copy-failed' ? 'Failed' : 'Running';
    case 'stopped':
      return phaseOfStop(phase, state.reason, grace);
  }
}

type StopReason = Extract<MachineState, { kind: 'stopped' }>['reason'];

function phaseOfStop(phase: string, reason: StopReason, grace: number | undefined): string {
  switch (reason) {
    case 'shutdown':
    case 'saved':
      return 'Succeeded';
    case 'destroyed':
      // Guests have ACPI, so one that was given time to shut down and had to be destroyed did not obey.
      return grace === 0 ? 'Succeeded' : 'Failed';
    case 'crashed':
    case 'panicked':
    case 'failed':
    case 'unknown':
      return 'Failed';
    case 'migrated':
      return phase;
  }
}
