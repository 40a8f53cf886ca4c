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
  /** Whether the guest has ACPI, by which it is asked to shut down. Default true. */
  acpi?: boolean;
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
 *   Scheduled, Running -- shutdown, saved; destroyed without time to obey --> Succeeded
 *   Scheduled, Running -- crashed, panicked, failed, lost; destroyed although it had time --> Failed
 * ```
 *
 * Every other phase is another component's and stays as it is. A machine that stopped for an unknown reason counts as
 * Failed at once; in KubeVirt it is deleted first and its VMI fails when the launcher is found gone.
 */
export function instancePhase({ phase, state, lost, gracePeriodSeconds, acpi = true }: PhaseInput): string {
  if (phase !== 'Scheduled' && phase !== 'Running') return phase;
  if (lost) return 'Failed';
  return state === undefined ? phase : phaseOfState(phase, state, acpi && gracePeriodSeconds !== 0);
}

function phaseOfState(phase: string, state: MachineState, hadTime: boolean): string {
  switch (state.kind) {
    case 'defined':
    case 'shutting-down':
      return phase;
    case 'running':
      return 'Running';
    case 'paused':
      return state.reason === 'post-copy-failed' ? 'Failed' : 'Running';
    case 'stopped':
      return phaseOfStop(phase, state.reason, hadTime);
  }
}

type StopReason = Extract<MachineState, { kind: 'stopped' }>['reason'];

/** `hadTime`: the guest was asked to shut down, could hear it, and had time to obey. */
function phaseOfStop(phase: string, reason: StopReason, hadTime: boolean): string {
  switch (reason) {
    case 'shutdown':
    case 'saved':
      return 'Succeeded';
    case 'destroyed':
      return hadTime ? 'Failed' : 'Succeeded';
    case 'crashed':
    case 'panicked':
    case 'failed':
    case 'unknown':
      return 'Failed';
    case 'migrated':
      return phase;
  }
}
