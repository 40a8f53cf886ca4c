import type { ProbePlan } from '@virtkit/machine-plan';

/** What a probe's results so far say about the guest; `unknown` until one threshold was reached. */
export type Verdict = 'unknown' | 'healthy' | 'unhealthy';

/**
 * A probe between two results.
 *
 * ```
 *             successThreshold in a row            failureThreshold in a row
 *   unknown ------------------------------> healthy <-----------------------> unhealthy
 *      |                                                                          ^
 *      +------------------------- failureThreshold in a row ----------------------+
 * ```
 */
export interface ProbeState {
  verdict: Verdict;
  /** Equal results in a row, the last one included. */
  streak: { ok: boolean; length: number };
}

export const initialProbeState: ProbeState = { verdict: 'unknown', streak: { ok: false, length: 0 } };

/** The state after one more result. Pure. */
export function afterResult(
  { verdict, streak }: ProbeState,
  ok: boolean,
  { successThreshold, failureThreshold }: Pick<ProbePlan, 'successThreshold' | 'failureThreshold'>,
): ProbeState {
  const length = streak.ok === ok ? streak.length + 1 : 1;
  const reached = length >= (ok ? successThreshold : failureThreshold);
  return {
    verdict: reached ? (ok ? 'healthy' : 'unhealthy') : verdict,
    streak: { ok, length },
  };
}
