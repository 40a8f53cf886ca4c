import { describe, expect, test } from 'vitest';
import { compileRules, validateRules } from '../src/cel/rules.ts';
import type { Schema } from '../src/schema/types.ts';

const text: Schema = { type: 'string' };
const integers: Schema = { type: 'array', items: { type: 'integer' } };
const subject: Schema = {
  type: 'object',
  properties: {
    numbers: integers,
    texts: { type: 'array', items: text },
    long: text,
    other: text,
    map: { type: 'object', additionalProperties: text },
    deep: { type: 'array', items: { type: 'object', properties: { of: integers } } },
    free: {
      type: 'object',
      properties: { known: text },
      'x-kubernetes-preserve-unknown-fields': true,
    },
  },
};

/** What the rules of an object say of it. */
function said(rules: readonly string[], spec: object): string[] {
  const tree = compileRules({
    type: 'object',
    properties: { spec: { ...subject, 'x-kubernetes-validations': rules.map((rule) => ({ rule })) } },
  });
  expect(tree).toBeDefined();
  return validateRules(tree!, { spec }, undefined, []).map(({ message }) => message);
}

function count(length: number): number[] {
  return Array.from({ length }, (_, at) => at);
}

const CUT_OFF = 'no further validation rules will be run due to call cost exceeds limit for rule';

// Each would take minutes or all memory if it were evaluated to its end.
describe('what would take too long is cut off', () => {
  test.each<[string, string, object]>([
    ['loops within loops', 'self.numbers.all(a, self.numbers.all(b, a + b >= 0))', { numbers: count(3_000) }],
    [
      'loops over what costs nothing',
      'self.numbers.all(a, self.numbers.all(b, has(self.long) || has(self.long) || true))',
      { numbers: count(3_000), long: 'a' },
    ],
    ['a loop within a function', 'self.numbers.all(a, self.numbers.max() >= a)', { numbers: count(3_000) }],
    ['long ranges', 'self.numbers.all(a, lists.range(1000000).size() > 0)', { numbers: count(10) }],
    [
      'comparisons of large values',
      'self.numbers.all(a, self.deep == self.deep)',
      { numbers: count(3_000), deep: [{ of: count(10_000) }] },
    ],
    [
      'comparisons of large values that may be absent',
      'self.numbers.all(a, optional.of(self.deep) == optional.of(self.deep))',
      { numbers: count(3_000), deep: [{ of: count(10_000) }] },
    ],
    [
      'comparisons of what expressions do not see',
      'self.numbers.all(a, self.free == self.free)',
      { numbers: count(10_000), free: { unknown: count(100_000) } },
    ],
    [
      'comparisons of long texts',
      'self.numbers.all(a, self.long + "a" != self.long + "b")',
      { numbers: count(10_000), long: 'x'.repeat(1_000_000) },
    ],
    [
      'long keys',
      'self.numbers.all(a, !(self.long in self.map))',
      { numbers: count(10_000), long: 'x'.repeat(1_000_000), map: {} },
    ],
    [
      'a search for a long text',
      'self.long.indexOf(self.other) < 0',
      { long: 'a'.repeat(100_000), other: `${'a'.repeat(10_000)}b` },
    ],
    [
      'a replacement that makes much of little',
      'self.long.replace("", self.other).size() > 0',
      { long: 'a'.repeat(10_000), other: 'b'.repeat(10_000) },
    ],
    [
      'a separator that makes much of little',
      'self.texts.join(self.long).size() > 0',
      { texts: count(5_000).map(() => ''), long: 'a'.repeat(100_000) },
    ],
    [
      'sorting by long texts',
      'self.numbers.sortBy(a, self.long).size() > 0',
      { numbers: count(10_000), long: 'a'.repeat(100_000) },
    ],
    [
      'values that contain one another',
      'self.numbers.map(a, [self.numbers, self.numbers]).map(a, [a, a]).map(a, [a, a]).flatten().flatten().size() > 0',
      { numbers: count(2_000) },
    ],
    [
      'a clock in many zones',
      `self.numbers.all(a, timestamp('2024-01-01T00:00:00Z').getHours('Europe/Paris') >= 0)`,
      { numbers: count(100_000) },
    ],
    [
      'an expression that keeps many places in mind',
      String.raw`self.long.matches('[ab]*a[ab]{500}z')`,
      { long: 'ab'.repeat(50_000) },
    ],
    [
      'a search that starts again and again',
      `self.long.findAll('a*b|a').size() > 0`,
      { long: 'a'.repeat(50_000) },
    ],
    [
      'many expressions that are long themselves',
      'self.numbers.all(a, !self.long.matches(self.other + string(a)))',
      { numbers: count(1_000), long: 'a', other: 'a*'.repeat(20_000) },
    ],
    [
      'large quantities',
      'self.numbers.all(a, quantity(self.long).isGreaterThan(quantity("1")))',
      { numbers: count(10_000), long: '9'.repeat(100_000) },
    ],
  ])('%s', (_, rule, spec) => {
    const causes = said([rule, 'false'], spec);
    expect(causes).toHaveLength(1);
    expect(causes[0]).toContain(CUT_OFF);
  });

  test('all rules of an object together', () => {
    const rule = '!self.long.contains(self.other)';
    const causes = said(
      Array.from({ length: 30 }, () => rule),
      { long: 'a'.repeat(30_000), other: 'b'.repeat(3_000) },
    );
    expect(causes).toEqual([
      'Invalid value: "object": validation failed due to running out of cost budget, no further validation rules will be run',
    ]);
  });
});

describe('what is large but sensible holds', () => {
  test.each<[string, object]>([
    ['self.numbers.all(a, a in self.numbers)', { numbers: count(500) }],
    ['self.numbers.exists(a, a == 99999)', { numbers: count(100_000) }],
    [
      'self.texts.all(a, a.matches("^[a-z]([-a-z0-9]*[a-z0-9])?$"))',
      { texts: count(1_000).map((at) => `name-${at}`) },
    ],
    ['self.long.findAll("[0-9]+").size() == 100', { long: 'a1b'.repeat(100) }],
    ['self.long.split(",").all(part, part.size() < 10)', { long: 'abc,'.repeat(5_000) }],
    ['self.deep == self.deep', { deep: [{ of: count(100_000) }] }],
    ['self.texts.sort()[0] == "0"', { texts: count(900).map(String) }],
    ['self.long.replace("a", "bb").size() == 200000', { long: 'a'.repeat(100_000) }],
  ])('%s', (rule, spec) => {
    expect(said([rule], spec)).toEqual([]);
  });
});

test.each<[string, string]>([
  ['too long once its repetitions are written out', '(abcdefghij){1000}'.repeat(20)],
  ['repeated too often', '((a{100}){100}){100}'],
  ['too long', 'a'.repeat(200_000)],
  ['of too many classes', String.raw`(?i)\pL`.repeat(10_000)],
])('a regular expression that is %s is refused', (_, other) => {
  expect(said(['self.long.matches(self.other)'], { long: 'a', other })).toEqual([
    expect.stringMatching(/error parsing regexp|call cost exceeds limit/),
  ]);
});
