import type { RuleCase } from '../rule-case.ts';
import { dict, int, keyed, text, texts } from '../shapes.ts';

/** A field with rules within it: items, members, values. */
export const nestedCases: readonly (Omit<RuleCase, 'rule'> & { readonly name: string })[] = [
  {
    name: 'items of a list',
    schema: { ...texts, items: { ...text, 'x-kubernetes-validations': [{ rule: "self != 'bad'" }] } },
    values: [['a', 'bad', 'b', 'bad']],
    updates: [[['a'], ['a', 'bad']]],
  },
  {
    name: 'values of a map',
    schema: {
      ...dict,
      additionalProperties: { ...text, 'x-kubernetes-validations': [{ rule: "self != 'bad'" }] },
    },
    values: [{ a: 'x', 'b.c': 'bad' }],
    updates: [[{ a: 'x' }, { a: 'bad' }]],
  },
  {
    name: 'items of a list with keys, compared with themselves',
    schema: {
      ...keyed,
      items: {
        ...keyed.items,
        'x-kubernetes-validations': [{ rule: '!has(oldSelf.value) || self.value >= oldSelf.value' }],
      },
    },
    values: [[{ name: 'a', value: 1 }]],
    updates: [
      [
        [
          { name: 'a', value: 1 },
          { name: 'b', value: 5 },
        ],
        [
          { name: 'b', value: 4 },
          { name: 'a', value: 2 },
        ],
      ],
      [
        [{ name: 'a', value: 1 }],
        [
          { name: 'c', value: 0 },
          { name: 'a', value: 1 },
        ],
      ],
    ],
  },
  {
    name: 'members of an object, and the object',
    schema: {
      type: 'object',
      properties: { x: { ...int, 'x-kubernetes-validations': [{ rule: 'self > 0' }] }, y: int },
      'x-kubernetes-validations': [{ rule: '!has(self.y) || self.y > 0', message: 'y too' }],
    },
    values: [{ x: 0, y: 0 }, { x: 1, y: 1 }, {}],
    updates: [
      [
        { x: 1, y: 1 },
        { x: 0, y: 1 },
      ],
    ],
  },
  {
    name: 'a rule beside a schema that is violated',
    schema: {
      type: 'object',
      required: ['x'],
      properties: {
        x: { ...int, minimum: 5 },
        y: { ...text, maxLength: 2 },
        z: { ...text, enum: ['a', 'b'] },
      },
      'x-kubernetes-validations': [{ rule: "!has(self.y) || self.y != 'b'" }],
    },
    values: [{ y: 'b' }, { x: 1, y: 'b' }, { x: 1, y: 'long' }, { x: 'text' }, { x: 9, z: 'c' }],
  },
  {
    name: 'several rules of one value',
    schema: {
      ...int,
      'x-kubernetes-validations': [
        { rule: 'self > 0' },
        { rule: '10 / self > 0' },
        { rule: 'self < 5', message: 'small' },
      ],
    },
    values: [0, 7, 3],
  },
];
