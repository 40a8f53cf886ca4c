import { OBJECT_LIMIT } from '../cel/budget.ts';
import type { Variables } from '../cel/evaluate.ts';
import { MatchConditions } from './conditions.ts';
import { declarations, variablesOf, type Input } from './environment.ts';
import {
  ComposedVariables,
  compileExpression,
  TotalBudget,
  type Evaluation,
  type PolicyExpression,
} from './expressions.ts';
import type { Policy, PolicyValidation } from './types.ts';

const MAX_MESSAGE_BYTES = 5 * 1024;

/** Why a policy refuses a request. */
export interface Refusal {
  readonly message: string;
  /** `Status.reason`; Invalid where the policy gives none. */
  readonly reason: string;
  /** True for an error of an audit annotation, which refuses whatever the binding's actions are. */
  readonly always?: true;
}

interface CompiledValidation extends PolicyValidation {
  readonly condition: PolicyExpression;
  readonly words: PolicyExpression | undefined;
}

/** A policy with its expressions compiled. */
export class CompiledPolicy {
  readonly #policy: Policy;
  readonly #conditions: MatchConditions;
  readonly #variables: ComposedVariables;
  readonly #validations: readonly CompiledValidation[];
  readonly #annotations: readonly PolicyExpression[];

  constructor(policy: Policy) {
    const {
      paramKind,
      matchConditions = [],
      variables = [],
      validations = [],
      auditAnnotations = [],
    } = policy.spec;
    const params = paramKind !== undefined;
    const names = declarations({ params, authorizer: true });
    this.#policy = policy;
    this.#conditions = new MatchConditions(matchConditions, names);
    this.#variables = new ComposedVariables(variables, names);
    const all = this.#variables.declarations;
    // The message must not tell who may do what.
    const withoutAuthorizer = new Map([...all].filter(([name]) => !name.startsWith('authorizer')));
    this.#validations = validations.map((validation) => ({
      ...validation,
      condition: compileExpression(validation.expression, all, ['bool']),
      words:
        validation.messageExpression === undefined || validation.messageExpression === ''
          ? undefined
          : compileExpression(validation.messageExpression, withoutAuthorizer, ['string']),
    }));
    this.#annotations = auditAnnotations.map(({ valueExpression }) =>
      compileExpression(valueExpression, all, ['string', 'null']),
    );
  }

  /** Expressions that do not compile: the path of each, its text, and what is wrong. */
  problems(): { path: string; source: string; problem: string }[] {
    const { matchConditions = [], variables = [] } = this.#policy.spec;
    const found: { path: string; source: string; problem: string | undefined }[] = [
      ...this.#variables.problems.map((problem, index) => ({
        path: `spec.variables[${index}].expression`,
        source: variables[index]?.expression ?? '',
        problem,
      })),
      ...this.#conditions.problems.map((problem, index) => ({
        path: `spec.matchConditions[${index}].expression`,
        source: matchConditions[index]?.expression ?? '',
        problem,
      })),
      ...this.#validations.flatMap(({ condition, words }, index) => [
        problemOf(`spec.validations[${index}].expression`, condition),
        ...(words === undefined ? [] : [problemOf(`spec.validations[${index}].messageExpression`, words)]),
      ]),
      ...this.#annotations.map((annotation, index) =>
        problemOf(`spec.auditAnnotations[${index}].valueExpression`, annotation),
      ),
    ];
    return found.flatMap(({ problem, ...rest }) => (problem === undefined ? [] : [{ ...rest, problem }]));
  }

  /** Why the policy refuses a request; empty if it does not. */
  evaluate(input: Input): Refusal[] {
    const plain = variablesOf(input);
    const match = this.#conditions.match(plain);
    if ('error' in match) return this.#failed(match.error);
    if (!match.matches) return [];
    const variables = this.#variables.extend(plain);
    const budget = new TotalBudget(OBJECT_LIMIT);
    const refusals: Refusal[] = [];
    for (const validation of this.#validations) {
      const outcome = budget.evaluate(validation.condition, variables);
      if ('error' in outcome) {
        refusals.push(...this.#failed(outcome.error));
        if (outcome.exhausted) return refusals;
      } else if (outcome.value !== true)
        refusals.push({
          message: messageOf(validation, budget, variables),
          reason: validation.reason ?? 'Invalid',
        });
    }
    return [...refusals, ...this.#annotationErrors(variables)];
  }

  #annotationErrors(variables: Variables): Refusal[] {
    const budget = new TotalBudget(OBJECT_LIMIT);
    return this.#annotations.flatMap((annotation) => {
      const outcome: Evaluation = budget.evaluate(annotation, variables);
      return 'error' in outcome ? this.#failed(outcome.error, true) : [];
    });
  }

  #failed(message: string, always = false): Refusal[] {
    if (this.#policy.spec.failurePolicy === 'Ignore') return [];
    return [{ message, reason: 'Invalid', ...(always && { always }) }];
  }
}

function problemOf(path: string, { source, compiled }: PolicyExpression) {
  return { path, source, problem: 'problem' in compiled ? compiled.problem : undefined };
}

function messageOf(
  { words, message = '', expression }: CompiledValidation,
  budget: TotalBudget,
  variables: Variables,
): string {
  if (words !== undefined) {
    const outcome = budget.evaluate(words, variables);
    const text = 'value' in outcome && typeof outcome.value === 'string' ? outcome.value.trim() : '';
    if (text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= MAX_MESSAGE_BYTES) return text;
  }
  return message.trim() === '' ? `failed expression: ${expression.trim()}` : message.trim();
}
