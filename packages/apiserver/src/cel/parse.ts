// Text to expression. The grammar is @marcbachmann/cel-js's; names, operators and macros are those of cel-go, because its
// checker's messages are what clients of Kubernetes see.
import { Environment, ParseError, type ASTNode } from '@marcbachmann/cel-js';
import { UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import type { Expression, LoopName } from './ast.ts';
import type { CelIssue } from './errors.ts';
import { Uint } from './values.ts';

/** An expression that is not CEL. */
export class CelSyntaxError extends Error {
  override readonly name = 'CelSyntaxError';
  readonly issue: CelIssue;

  constructor(issue: CelIssue) {
    super(issue.message);
    this.issue = issue;
  }
}

const MAX_INT = 9223372036854775807n;
const grammar = new Environment({ enableOptionalTypes: true, unlistedVariablesAreDyn: true });

/** Words that the language keeps for itself. */
const RESERVED = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

const LOOPS: Readonly<Record<string, { name: LoopName; variables: number; counts: readonly number[] }[]>> = {
  all: [
    { name: 'all', variables: 1, counts: [2] },
    { name: 'all', variables: 2, counts: [3] },
  ],
  exists: [
    { name: 'exists', variables: 1, counts: [2] },
    { name: 'exists', variables: 2, counts: [3] },
  ],
  exists_one: [
    { name: 'exists_one', variables: 1, counts: [2] },
    { name: 'exists_one', variables: 2, counts: [3] },
  ],
  existsOne: [
    { name: 'exists_one', variables: 1, counts: [2] },
    { name: 'exists_one', variables: 2, counts: [3] },
  ],
  map: [{ name: 'map', variables: 1, counts: [2, 3] }],
  filter: [{ name: 'filter', variables: 1, counts: [2] }],
  transformList: [{ name: 'transformList', variables: 2, counts: [3, 4] }],
  transformMap: [{ name: 'transformMap', variables: 2, counts: [3, 4] }],
  transformMapEntry: [{ name: 'transformMapEntry', variables: 2, counts: [3, 4] }],
  sortBy: [{ name: 'sortBy', variables: 1, counts: [2] }],
};

/** @throws CelSyntaxError */
export function parse(source: string): Expression {
  let tree: ASTNode;
  try {
    tree = grammar.parse(source).ast;
  } catch (error) {
    if (error instanceof ParseError)
      throw new CelSyntaxError({ at: error.range?.start ?? 0, message: syntaxMessage(error) });
    throw error;
  }
  return new Reader(source).read(tree);
}

function syntaxMessage({ code, summary }: ParseError): string {
  if (summary.startsWith('Reserved identifier: ')) return summary.replace('R', 'r');
  return code === 'invalid_macro_argument' ? NOT_A_NAME : `Syntax error: ${summary}`;
}

const NOT_A_NAME = 'argument is not an identifier';

class Reader {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  read(node: ASTNode): Expression {
    const at = node.start;
    switch (node.op) {
      case 'value':
        return this.#literal(node);
      case 'id':
        if (RESERVED.has(node.args))
          throw new CelSyntaxError({ at, message: `reserved identifier: ${node.args}` });
        return { kind: 'name', at, name: node.args };
      case '.':
        return this.#select(node.args[0], node.args[1], 'value');
      case '.?':
        return this.#select(node.args[0], node.args[1], 'optional');
      case '[]':
        return this.#operator('_[_]', node.args, /\[/y);
      case '[?]':
        return this.#operator('_[?_]', node.args, /\[\s*\?/y);
      case 'call':
        return this.#call(node, node.args[0], node.args[1]);
      case 'rcall':
        return this.#method(node.args[0], node.args[1], node.args[2]);
      case 'list':
        return { kind: 'list', at, elements: node.args.map((element) => this.read(element)) };
      case 'map':
        return {
          kind: 'map',
          at,
          entries: node.args.map(([key, value]) => [this.read(key), this.read(value)] as const),
        };
      case '?:':
        return this.#operator('_?_:_', node.args, /\?/y);
      case '!_':
        return this.#call(node, node.op, [node.args]);
      case '-_':
        return this.#negation(node, node.args);
      case 'in':
        return this.#operator('@in', node.args, /in/y);
      default:
        return this.#operator(
          `_${node.op}_`,
          node.args,
          new RegExp(node.op.replaceAll(/[^=]/g, '\\$&'), 'y'),
        );
    }
  }

  #literal(node: Extract<ASTNode, { op: 'value' }>): Expression {
    const { args: value, start: at } = node;
    if (typeof value === 'bigint' && value > MAX_INT)
      throw new CelSyntaxError({ at, message: 'invalid int literal' });
    if (value instanceof UnsignedInt) return { kind: 'literal', at, value: new Uint(value.value) };
    return { kind: 'literal', at, value: value };
  }

  #negation(node: ASTNode, operand: ASTNode): Expression {
    // A sign directly before a number belongs to it: only so can the smallest integer be written.
    if (operand.op === 'value' && (typeof operand.args === 'bigint' || typeof operand.args === 'number')) {
      const value = -operand.args;
      if (typeof value === 'number' || value >= -MAX_INT - 1n)
        return { kind: 'literal', at: node.start, value };
    }
    return this.#call(node, '-_', [operand]);
  }

  #select(operand: ASTNode, field: string, mode: 'value' | 'optional'): Expression {
    const dot = this.#find(operand.end, mode === 'value' ? /\./y : /\.\s*\?/y);
    return { kind: 'select', at: dot, operand: this.read(operand), field, mode };
  }

  #operator(name: string, operands: readonly ASTNode[], token: RegExp): Expression {
    const at = this.#find(operands[0]?.end ?? 0, token);
    return { kind: 'call', at, name, target: undefined, args: operands.map((operand) => this.read(operand)) };
  }

  #call(node: ASTNode, name: string, args: readonly ASTNode[]): Expression {
    const at = /^\w/.test(name) ? this.#find(node.start + name.length, /\(/y) : node.start;
    if (name === 'has' && args.length === 1) return this.#presence(at, args[0]);
    return { kind: 'call', at, name, target: undefined, args: args.map((arg) => this.read(arg)) };
  }

  #presence(at: number, operand: ASTNode | undefined): Expression {
    const field = operand === undefined ? undefined : this.read(operand);
    if (field?.kind !== 'select' || field.mode !== 'value')
      throw new CelSyntaxError({ at: field?.at ?? at, message: 'invalid argument to has() macro' });
    return { ...field, at, mode: 'presence' };
  }

  #method(name: string, target: ASTNode, args: readonly ASTNode[]): Expression {
    const dot = this.#find(target.end, /\./y);
    const at = this.#find(this.#find(dot + 1, new RegExp(name, 'y')) + name.length, /\(/y);
    const loop = LOOPS[name]?.find(({ counts }) => counts.includes(args.length));
    if (loop !== undefined) return this.#loop(at, loop, target, args);
    const [first, second] = args;
    if ((name === 'optMap' || name === 'optFlatMap') && second !== undefined && args.length === 2)
      return {
        kind: 'optionalMap',
        at,
        target: this.read(target),
        variable: this.#variable(first),
        body: this.read(second),
        flat: name === 'optFlatMap',
      };
    return { kind: 'call', at, name, target: this.read(target), args: args.map((arg) => this.read(arg)) };
  }

  #loop(
    at: number,
    { name, variables }: { name: LoopName; variables: number },
    range: ASTNode,
    args: readonly ASTNode[],
  ): Expression {
    const bodies = args.slice(variables);
    const names = args.slice(0, variables).map((variable) => this.#variable(variable));
    if (names.length === 2 && names[0] === names[1])
      throw new CelSyntaxError({
        at: args[1]?.start ?? at,
        message: `duplicate variable name: ${names[0] ?? ''}`,
      });
    const filter = bodies.length === 2 ? bodies[0] : undefined;
    return {
      kind: 'loop',
      at,
      name,
      range: this.read(range),
      variables: names,
      filter: filter === undefined ? undefined : this.read(filter),
      body: this.read(bodies.at(-1) as ASTNode),
    };
  }

  #variable(node: ASTNode | undefined): string {
    if (node?.op !== 'id') throw new CelSyntaxError({ at: node?.start ?? 0, message: NOT_A_NAME });
    return node.args;
  }

  /** The next place of a token at or behind an offset, past blanks, comments and closing parentheses. */
  #find(from: number, token: RegExp): number {
    for (let at = from; at < this.#source.length; at += 1) {
      if (this.#source.startsWith('//', at)) {
        const end = this.#source.indexOf('\n', at);
        at = end < 0 ? this.#source.length : end;
        continue;
      }
      token.lastIndex = at;
      if (token.test(this.#source)) return at;
    }
    return from;
  }
}
