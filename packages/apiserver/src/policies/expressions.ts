import { Budget } from '../cel/budget.ts';
import type { Declarations } from '../cel/check.ts';
import { compile, type Compiled } from '../cel/compile.ts';
import { CelBudgetExceeded, CelFault } from '../cel/errors.ts';
import { run, type Variables } from '../cel/evaluate.ts';
import { quoted } from '../cel/library/format-text.ts';
import { KUBERNETES_FUNCTIONS } from '../cel/library/index.ts';
import { typeText, type CelType, type ObjectType } from '../cel/types.ts';
import type { CelMap, CelValue } from '../cel/values.ts';
import { once } from './environment.ts';
import type { NamedExpression } from './types.ts';

/** The expression of a policy, which names its source in what it says of it. */
export interface PolicyExpression {
  readonly source: string;
  readonly compiled: Compiled;
}

/** What an expression came to. */
export type Evaluation = { readonly value: CelValue } | { readonly error: string; readonly exhausted?: true };

/** Compiles an expression whose value must be of one of those types; any type without. */
export function compileExpression(
  source: string,
  names: Declarations,
  types?: readonly CelType['kind'][],
): PolicyExpression {
  const compiled = compile(source.trim(), names, KUBERNETES_FUNCTIONS);
  if ('problem' in compiled)
    return { source, compiled: { problem: `compilation failed: ${compiled.problem}` } };
  if (types === undefined || types.includes(compiled.type.kind)) return { source, compiled };
  const found = typeText(compiled.type);
  const problem =
    types.length === 1
      ? `must evaluate to ${types[0] ?? ''} but got ${found}`
      : `must evaluate to one of [${types.map((type) => (type === 'null' ? 'null_type' : type)).join(' ')}] but got ${found}`;
  return { source, compiled: { problem } };
}

/** Counts what all expressions of a policy may cost together. */
export class TotalBudget {
  #remaining: number;

  constructor(limit: number) {
    this.#remaining = limit;
  }

  /** Evaluates an expression. */
  evaluate({ source, compiled }: PolicyExpression, variables: Variables): Evaluation {
    if ('problem' in compiled) return { error: `compilation error: ${compiled.problem}` };
    const budget = new Budget();
    const outcome = run(compiled.program, variables, budget);
    this.#remaining -= budget.spent;
    if (this.#remaining < 0)
      return {
        error: 'validation failed due to running out of cost budget, no further validation rules will be run',
        exhausted: true,
      };
    return 'value' in outcome
      ? outcome
      : { error: `expression '${source.trim()}' resulted in error: ${outcome.fault.message}` };
  }
}

/** The variables of a policy: each may use those before it, and is evaluated when it is first used. */
export class ComposedVariables {
  readonly #compiled: readonly (readonly [string, PolicyExpression])[];
  /** The names that expressions of the policy may use. */
  readonly declarations: Declarations;

  constructor(variables: readonly NamedExpression[], names: Declarations) {
    const type: ObjectType = { kind: 'object', name: 'kubernetes.variables', fields: new Map() };
    this.declarations = variables.length === 0 ? names : new Map([...names, ['variables', type]]);
    this.#compiled = variables.map(({ name, expression }) => {
      const compiled = compileExpression(expression, new Map([...names, ['variables', type]]));
      if ('type' in compiled.compiled) type.fields.set(name, compiled.compiled.type);
      return [name, compiled];
    });
  }

  /** Problems of the variables, by their index. */
  get problems(): (string | undefined)[] {
    return this.#compiled.map(([, { compiled }]) => ('problem' in compiled ? compiled.problem : undefined));
  }

  /** The names of a request together with `variables`. */
  extend(input: Variables): Variables {
    const values = new Map<string, () => CelValue>();
    const all: Variables = new Map([...input, ['variables', () => variablesMap(values)]]);
    for (const [name, expression] of this.#compiled)
      values.set(
        name,
        once(() => valueOf(name, expression, all)),
      );
    return all;
  }
}

function valueOf(name: string, { compiled }: PolicyExpression, variables: Variables): CelValue {
  if ('problem' in compiled)
    throw new CelFault(`composited variable ${quoted(name)} fails to compile: ${compiled.problem}`);
  const outcome = run(compiled.program, variables, new Budget());
  if ('value' in outcome) return outcome.value;
  if (outcome.fault instanceof CelBudgetExceeded) throw outcome.fault;
  throw new CelFault(`composited variable ${quoted(name)} fails to evaluate: ${outcome.fault.message}`);
}

function variablesMap(values: ReadonlyMap<string, () => CelValue>): CelMap {
  return {
    kind: 'map',
    size: values.size,
    get: (key) => (typeof key === 'string' ? values.get(key)?.() : undefined),
    keys: () => values.keys(),
  };
}
