import type { CelValue } from './values.ts';

/** Macros that run an expression for each element of a list or map. */
export type LoopName =
  | 'all'
  | 'exists'
  | 'exists_one'
  | 'map'
  | 'filter'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry'
  | 'sortBy';

/** An expression. `at` is where a message about it points: the operator, the dot, the opening parenthesis, or its start. */
export type Expression =
  | { readonly kind: 'literal'; readonly at: number; readonly value: CelValue }
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  | {
      readonly kind: 'select';
      readonly at: number;
      readonly operand: Expression;
      readonly field: string;
      readonly mode: 'value' | 'optional' | 'presence';
    }
  | {
      readonly kind: 'call';
      readonly at: number;
      readonly name: string;
      readonly target: Expression | undefined;
      readonly args: readonly Expression[];
    }
  | { readonly kind: 'list'; readonly at: number; readonly elements: readonly Expression[] }
  | {
      readonly kind: 'map';
      readonly at: number;
      readonly entries: readonly (readonly [Expression, Expression])[];
    }
  | {
      readonly kind: 'loop';
      readonly at: number;
      readonly name: LoopName;
      readonly range: Expression;
      readonly variables: readonly string[];
      readonly filter: Expression | undefined;
      readonly body: Expression;
    }
  | {
      readonly kind: 'optionalMap';
      readonly at: number;
      readonly target: Expression;
      readonly variable: string;
      readonly body: Expression;
      /** True if the body is an optional itself (optFlatMap). */
      readonly flat: boolean;
    };

/** The expressions directly within an expression. */
export function children(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'literal':
    case 'name':
      return [];
    case 'select':
      return [node.operand];
    case 'call':
      return node.target === undefined ? node.args : [node.target, ...node.args];
    case 'list':
      return node.elements;
    case 'map':
      return node.entries.flat();
    case 'loop':
      return [node.range, ...(node.filter === undefined ? [] : [node.filter]), node.body];
    case 'optionalMap':
      return [node.target, node.body];
  }
}
