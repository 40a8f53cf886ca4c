import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterResult, initialProbeState, type Verdict } from '../../src/probes/probe-state.ts';

/** The verdict after each result; `+` is a success, `-` a failure. */
function verdicts(results: string, successThreshold: number, failureThreshold: number): Verdict[] {
  let state = initialProbeState;
  return Array.from(results, (result) => {
    state = afterResult(state, result === '+', { successThreshold, failureThreshold });
    return state.verdict;
  });
}

describe('the verdict of a probe', () => {
  const [u, h, s] = ['unknown', 'healthy', 'unhealthy'] as const;
  it.each<[string, string, number, number, Verdict[]]>([
    ['one success is enough', '+', 1, 3, [h]],
    ['failures count from the first on', '---', 1, 3, [u, u, s]],
    ['a success in between begins anew', '--+--', 1, 3, [u, u, h, h, h]],
    ['several successes are needed', '++-+++', 3, 3, [u, u, u, u, u, h]],
    ['unhealthy until enough successes', '-++', 2, 1, [s, s, h]],
    ['healthy until enough failures', '+--', 1, 2, [h, h, s]],
  ])('%s', (_name, results, successThreshold, failureThreshold, expected) => {
    expect(verdicts(results, successThreshold, failureThreshold)).toEqual(expected);
  });

  it('is what the last streak that reached its threshold says', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('+', '-'), { maxLength: 30 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (results, successes, failures) => {
          const text = results.join('');
          const good = text.lastIndexOf('+'.repeat(successes));
          const bad = text.lastIndexOf('-'.repeat(failures));
          const expected = good === bad ? 'unknown' : good > bad ? 'healthy' : 'unhealthy';
          expect(verdicts(text, successes, failures).at(-1) ?? 'unknown').toBe(expected);
        },
      ),
    );
  });
});
