import { children, type Expression } from './ast.ts';
import { check, type Checked, type Declarations } from './check.ts';
import { CelFault, issuesText, type CelIssue } from './errors.ts';
import { plan, type Program } from './evaluate.ts';
import { regex } from './library/regex.ts';
import { parseDuration, parseTimestamp } from './library/time.ts';
import type { Functions } from './overloads.ts';
import { CelSyntaxError, parse } from './parse.ts';
import type { CelType } from './types.ts';

/** An expression that is ready to run, or why it is none. */
export type Compiled =
  | {
      readonly program: Program;
      readonly type: CelType;
      readonly uses: ReadonlySet<string>;
      readonly expression: Expression;
      readonly checked: Checked;
    }
  | { readonly problem: string };

/** Compiles an expression that may use the declared names and functions. */
export function compile(source: string, declarations: Declarations, functions: Functions): Compiled {
  let expression: Expression;
  try {
    expression = parse(source);
  } catch (error) {
    if (error instanceof CelSyntaxError) return { problem: issuesText(source, [error.issue]) };
    throw error;
  }
  const checked = check(expression, declarations, functions);
  const issues = checked.issues.length > 0 ? checked.issues : literalIssues(expression);
  if (issues.length > 0) return { problem: issuesText(source, issues) };
  return {
    program: plan(expression, checked, functions),
    type: checked.type,
    uses: checked.uses,
    expression,
    checked,
  };
}

/** Literals that could only fail at run time are refused at once. */
function literalIssues(expression: Expression): CelIssue[] {
  const issues: CelIssue[] = [];
  for (const node of nodes(expression)) {
    if (node.kind !== 'call') continue;
    const argument = node.args.at(-1);
    if (argument?.kind !== 'literal' || typeof argument.value !== 'string') continue;
    if (!isFit(node, argument.value))
      issues.push({ at: argument.at, message: `invalid ${node.name} argument` });
  }
  return issues;
}

function isFit(call: Extract<Expression, { kind: 'call' }>, text: string): boolean {
  if (call.name === 'duration' && call.args.length === 1) return parseDuration(text) !== undefined;
  if (call.name === 'timestamp' && call.args.length === 1) return parseTimestamp(text) !== undefined;
  return call.name !== 'matches' || isRegex(text);
}

function isRegex(text: string): boolean {
  try {
    regex(text);
    return true;
  } catch (error) {
    if (error instanceof CelFault) return false;
    throw error;
  }
}

/** An expression and all expressions within it. */
function* nodes(node: Expression): Generator<Expression> {
  yield node;
  for (const child of children(node)) yield* nodes(child);
}
