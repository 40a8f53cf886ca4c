// Match conditions of policies and webhooks.
import type { Declarations } from '../cel/check.ts';
import type { Variables } from '../cel/evaluate.ts';
import { declarations } from './environment.ts';
import { compileExpression, TotalBudget, type PolicyExpression } from './expressions.ts';
import type { NamedExpression } from './types.ts';

const CONDITIONS_LIMIT = 2_500_000;

/** Whether conditions hold, or why that cannot be told. */
export type Match = { readonly matches: boolean } | { readonly error: string };

/** Conditions that must all hold. */
export class MatchConditions {
  readonly #conditions: readonly PolicyExpression[];

  constructor(
    conditions: readonly NamedExpression[],
    names: Declarations = declarations({ params: false, authorizer: true }),
  ) {
    this.#conditions = conditions.map(({ expression }) => compileExpression(expression, names, ['bool']));
  }

  /** Problems of the expressions, by their index. */
  get problems(): (string | undefined)[] {
    return this.#conditions.map(({ compiled }) => ('problem' in compiled ? compiled.problem : undefined));
  }

  /** One condition that does not hold settles the matter, even if others fail. */
  match(variables: Variables): Match {
    const budget = new TotalBudget(CONDITIONS_LIMIT);
    const errors: string[] = [];
    for (const condition of this.#conditions) {
      const outcome = budget.evaluate(condition, variables);
      if ('error' in outcome) errors.push(outcome.error);
      else if (outcome.value === false) return { matches: false };
    }
    if (errors.length === 0) return { matches: true };
    return { error: errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]` };
  }
}
