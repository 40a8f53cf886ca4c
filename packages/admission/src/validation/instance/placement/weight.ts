import { invalid } from '../../finding.ts';
import type { Located } from '../../located.ts';
import type { Rule } from '../../rule.ts';

const mostWeight = 100;

/** A preference of the scheduler. */
export interface Weighted {
  readonly weight: number;
}

/** The rule that preferences weigh between 1 and 100, under the id that it has for the kind of preference. */
export const weightRule = (id: string): Rule<Located<Weighted>> => ({
  id,
  *check({ value: { weight }, path }) {
    if (weight < 1 || weight > mostWeight)
      yield invalid(`${path}.weight`, `a weight is between 1 and ${mostWeight}, not ${weight}`);
  },
});
