import type { MachineState } from '@virtkit/hal';

/**
 * What virt-handler does next for one VMI: a pure decision over what was observed. At most one side effect a pass; the
 * status is projected after it, from a fresh observation.
 *
 * ```
 *  launcher   machine      VMI                     step
 *  ---------  -----------  ----------------------  ---------------------------------------------
 *  absent     -            Scheduled/Running       wait; lost once the Pod is gone or 3 min passed
 *  silent     -            Scheduled/Running       wait; lost after 30 s
 *  dead       -            Scheduled/Running       wait; lost after 2 s
 *  ready      none         Scheduled, wanted       boot (network, facts, define, start)
 *  ready      none         Running                 lost (its machine is gone)
 *  ready      none         not wanted              report (nothing left to stop)
 *  ready      defined      wanted                  start
 *  ready      alive        wanted                  report
 *  ready      running      wanted, liveness fails  kill
 *  ready      alive        not wanted              shut down; kill when the grace period is over
 *  ready      stopped      final phase recorded    finish (undefine, the launcher then ends)
 *  ready      stopped      not yet final           report (records the final phase)
 * ```
 */
export type Step =
  | { kind: 'wait'; afterMs: number }
  | { kind: 'lost'; message: string }
  | { kind: 'boot' }
  | { kind: 'start' }
  | { kind: 'shut-down' }
  /** `because` is set when the machine is ended although it is wanted. */
  | { kind: 'kill'; because?: string }
  | { kind: 'finish' }
  | { kind: 'report' };

/** The launcher of the VMI's Pod as seen from here. Times in milliseconds since the epoch. */
export type LauncherView =
  | { kind: 'absent'; podGone: boolean; since: number }
  | { kind: 'silent'; since: number }
  | { kind: 'dead'; since: number }
  | { kind: 'ready'; terminating: boolean; machine: MachineState | undefined };

export interface PlanInput {
  phase: string;
  /** The VMI is being deleted. */
  deleting: boolean;
  gracePeriodSeconds: number;
  launcher: LauncherView;
  /** When the graceful stop was first asked for, if it was. */
  stopRequestedAt: number | undefined;
  /** Why the guest counts as dead, if its liveness probe failed. */
  unhealthy: string | undefined;
  now: number;
}

/** How long a Pod may run without its launcher's socket, and a launcher without an answer, in milliseconds. */
export const socketPatience = 3 * 60_000;
export const silencePatience = 30_000;
/** How long nobody may listen on a launcher's socket, which takes a moment to come to life; in milliseconds. */
export const deathPatience = 2_000;
/** A launcher that was just started is looked for often, since a guest waits for it; in milliseconds. */
const eagerness = 10_000;
/** A guest that has not begun to shut down is asked again after this many milliseconds. */
export const shutdownReminder = 5_000;

/**
 * When the grace period of a guest began that is shutting down although this program does not remember to have asked it,
 * because it was restarted or the launcher asked. It is the moment at which the machine was first unwanted, so that the
 * period ends however often this program restarts. All times in milliseconds since the epoch.
 */
export function unrememberedStop(
  machine: MachineState | undefined,
  unwantedSince: readonly (string | undefined)[],
): number | undefined {
  if (machine?.kind !== 'shutting-down') return undefined;
  const moments = unwantedSince.map((time) => Date.parse(time ?? '')).filter((time) => !Number.isNaN(time));
  return moments.length === 0 ? undefined : Math.min(...moments);
}

const isFinal = (phase: string): boolean => phase === 'Succeeded' || phase === 'Failed';

export function planStep(input: PlanInput): Step {
  const { launcher, phase } = input;
  switch (launcher.kind) {
    case 'absent':
      return planAbsent(launcher, input);
    case 'silent':
      if (isFinal(phase)) return { kind: 'report' };
      return input.now - launcher.since >= silencePatience
        ? { kind: 'lost', message: `the launcher has not answered for ${silencePatience / 1000} s` }
        : { kind: 'wait', afterMs: 1_000 };
    case 'dead':
      if (isFinal(phase)) return { kind: 'report' };
      return input.now - launcher.since >= deathPatience
        ? { kind: 'lost', message: 'the launcher ended unexpectedly' }
        : { kind: 'wait', afterMs: 250 };
    case 'ready':
      return planReady(launcher.machine, launcher.terminating || input.deleting, input);
  }
}

function planAbsent(launcher: Extract<LauncherView, { kind: 'absent' }>, { phase, now }: PlanInput): Step {
  if (isFinal(phase)) return { kind: 'report' };
  if (launcher.podGone) return { kind: 'lost', message: 'the launcher is gone' };
  return now - launcher.since >= socketPatience
    ? { kind: 'lost', message: `the launcher did not appear within ${socketPatience / 60_000} min` }
    : { kind: 'wait', afterMs: now - launcher.since < eagerness ? 50 : 1_000 };
}

function planReady(machine: MachineState | undefined, unwanted: boolean, input: PlanInput): Step {
  if (machine === undefined) {
    if (isFinal(input.phase)) return { kind: 'report' };
    if (input.phase === 'Running') return { kind: 'lost', message: 'the launcher no longer has the machine' };
    return unwanted ? { kind: 'report' } : { kind: 'boot' };
  }
  switch (machine.kind) {
    case 'defined':
      return unwanted || isFinal(input.phase) ? { kind: 'finish' } : { kind: 'start' };
    case 'running':
    case 'paused':
    case 'shutting-down':
      if (unwanted || isFinal(input.phase)) return planStop(machine.kind, input);
      return machine.kind === 'running' && input.unhealthy !== undefined
        ? { kind: 'kill', because: input.unhealthy }
        : { kind: 'report' };
    case 'stopped':
      return isFinal(input.phase) ? { kind: 'finish' } : { kind: 'report' };
  }
}

function planStop(state: 'running' | 'paused' | 'shutting-down', input: PlanInput): Step {
  const { gracePeriodSeconds, stopRequestedAt, now } = input;
  if (gracePeriodSeconds === 0 || isFinal(input.phase)) return { kind: 'kill' };
  // A guest whose CPUs stand still cannot shut down, but it gets its grace period all the same.
  if (stopRequestedAt === undefined) return { kind: 'shut-down' };
  const remaining = stopRequestedAt + gracePeriodSeconds * 1000 - now;
  if (remaining <= 0) return { kind: 'kill' };
  return state === 'running'
    ? { kind: 'shut-down' }
    : { kind: 'wait', afterMs: Math.min(remaining, shutdownReminder) };
}
