import { cases, type RuleCase } from '../rule-case.ts';
import { free, named, point, text } from '../shapes.ts';

/** Rules about objects, and what may be null or left out, that both must accept in a definition. */
export const objectCases: readonly RuleCase[] = [
  ...cases(
    point,
    [{}, { x: 1 }, { x: 1, y: 2 }, { x: 5, y: 2, name: 'n' }],
    [
      'self.x < self.y',
      'has(self.x)',
      '!has(self.y) || self.y > 1',
      'has(self.x) && has(self.y) ? self.x < self.y : true',
      'self.?y.orValue(3) == 3',
      'self.?name.hasValue()',
      'self == self',
      { rule: 'self.x < self.y', fieldPath: '.x' },
      { rule: 'has(self.y)', fieldPath: '.y', reason: 'FieldValueRequired' },
      { rule: '!has(self.name)', fieldPath: '.name', reason: 'FieldValueForbidden', message: 'no name' },
      { rule: 'self.x < self.y', messageExpression: "'x is ' + string(self.x) + ', y is ' + string(self.y)" },
      'self.?x.optMap(v, v > 2).orValue(true)',
      'self.?x.optFlatMap(v, self.?y).orValue(2) == 2',
    ],
  ),
  ...cases(
    named,
    [{}, { 'a-b': 'v', 'c.d': 'v', 'e/f': 'v', g__h: 'v', namespace: 'v', in: 'v', int: 1, $weird: 'v' }],
    [
      "self.a__dash__b == 'v'",
      "self.c__dot__d == 'v'",
      "self.e__slash__f == 'v'",
      "self.g__underscores__h == 'v'",
      "self.__namespace__ == 'v'",
      "self.__in__ == 'v'",
      'self.int == 1',
    ],
  ),
  ...cases(free, [{}, { a: 1 }, { b: [1, 2] }], ['self == self', 'self != self', 'true']),
  ...cases({ ...text, nullable: true }, [null, 'a', 'bb'], ["self == 'a'", 'self.size() == 1']),
  ...cases(
    { type: 'object', properties: { n: { ...text, nullable: true } } },
    [{}, { n: null }, { n: 'a' }],
    ['has(self.n)', "!has(self.n) || self.n == 'a'", "self.n == 'a'", "self.?n.orValue('none') == 'none'"],
  ),
  ...cases(
    { type: 'object', properties: { n: { ...text, default: 'dflt' } } },
    [{}, { n: 'a' }],
    ["self.n == 'a'", 'has(self.n)'],
  ),
  ...cases(
    { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    [
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } },
      { apiVersion: 'v1', kind: 'Job', metadata: { name: 'bb' }, spec: {} },
    ],
    [
      "self.kind == 'Pod'",
      "self.metadata.name == 'a'",
      "self.apiVersion == 'v1'",
      'has(self.metadata.generateName)',
    ],
  ),
];
