import type { RuleCase } from '../rule-case.ts';
import { dict, int, point, set, text, texts } from '../shapes.ts';

/** Rules about what a value was before. */
export const transitionCases: readonly RuleCase[] = [
  {
    rule: 'self >= oldSelf',
    schema: int,
    values: [1],
    updates: [
      [1, 2],
      [2, 1],
      [2, 2],
    ],
  },
  {
    rule: 'self == oldSelf',
    schema: text,
    values: ['a'],
    updates: [
      ['a', 'a'],
      ['a', 'b'],
      [undefined, 'a'],
      ['a', undefined],
    ],
  },
  {
    rule: 'self != oldSelf',
    schema: text,
    values: ['a'],
    updates: [
      ['a', 'a'],
      ['a', 'b'],
    ],
  },
  {
    rule: { rule: '!oldSelf.hasValue() || self > oldSelf.value()', optionalOldSelf: true },
    schema: int,
    values: [1],
    updates: [
      [1, 2],
      [2, 1],
      [undefined, 1],
    ],
  },
  {
    rule: { rule: 'oldSelf.hasValue()', optionalOldSelf: true, message: 'only by updates' },
    schema: int,
    values: [1],
    updates: [
      [undefined, 1],
      [1, 1],
    ],
  },
  {
    rule: 'self.size() >= oldSelf.size()',
    schema: texts,
    values: [['a']],
    updates: [
      [['a'], ['a', 'b']],
      [['a', 'b'], ['a']],
    ],
  },
  {
    rule: 'oldSelf.all(x, x in self)',
    schema: set,
    values: [['a']],
    updates: [
      [['a'], ['b', 'a']],
      [['a', 'b'], ['a']],
    ],
  },
  {
    rule: 'self.all(k, !(k in oldSelf) || self[k] == oldSelf[k])',
    schema: dict,
    values: [{ a: 'x' }],
    updates: [
      [{ a: 'x' }, { a: 'x', b: 'y' }],
      [{ a: 'x' }, { a: 'z' }],
    ],
  },
  {
    rule: {
      rule: 'has(self.x) == has(oldSelf.x)',
      fieldPath: '.x',
      messageExpression: "'x was ' + string(oldSelf.?x.orValue(0))",
    },
    schema: point,
    values: [{ x: 1 }],
    updates: [
      [{ x: 1 }, { y: 1 }],
      [{ y: 1 }, { x: 1, y: 1 }],
      [{ x: 1 }, { x: 2 }],
    ],
  },
];
