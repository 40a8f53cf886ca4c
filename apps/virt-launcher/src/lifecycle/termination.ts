import type { MachineState } from '@virtkit/hal';

/** What a launcher that was told to end does about its machine. */
export type TerminationStep = 'wait' | 'ask' | 'force' | 'undefine';

/** Seconds that the node agent has for its part before the launcher acts in its place. */
const agentSeconds = 10;

/**
 * The next step towards the end, as a pure function of the time since SIGTERM and the machine's state.
 *
 * ```
 *   SIGTERM ----- agent asks the guest ----- stopped, agent reads the end ----- undefined by the agent
 *      | 10 s (a third of a short grace)        | 10 s
 *      +--> launcher asks the guest             +--> launcher undefines
 *      | grace period
 *      +--> force
 * ```
 *
 * The node agent normally does all of it, because it must also record how the machine ended; each limit here is the
 * safety net for an agent that is gone.
 */
export function terminationStep(situation: {
  state: MachineState;
  /** Seconds since SIGTERM. */
  sinceRequest: number;
  graceSeconds: number;
  /** Seconds since the machine was first seen stopped. */
  sinceStopped: number;
  /** Whether the launcher has asked the guest already. */
  asked: boolean;
}): TerminationStep {
  const { state, sinceRequest, graceSeconds, sinceStopped, asked } = situation;
  switch (state.kind) {
    case 'defined':
      return sinceRequest >= agentSeconds ? 'undefine' : 'wait';
    case 'stopped':
      return sinceStopped >= agentSeconds ? 'undefine' : 'wait';
    case 'running':
    case 'paused':
    case 'shutting-down':
      if (sinceRequest >= graceSeconds) return 'force';
      if (state.kind === 'shutting-down' || asked) return 'wait';
      return sinceRequest >= Math.min(agentSeconds, graceSeconds / 3) ? 'ask' : 'wait';
  }
}
