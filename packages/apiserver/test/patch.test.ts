import { expect, test } from 'vitest';
import { applyMergePatch } from '../src/patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../src/patch/strategic-merge-patch.ts';
import { list, mergeList, mergeSet, obj, str } from '../src/schema/dsl.ts';

const SCHEMA = obj('', {
  spec: obj('', {
    containers: mergeList(
      obj('', {
        name: str(),
        image: str(),
        args: list(str()),
        env: mergeList(obj('', { name: str(), value: str() }), 'name'),
      }),
      'name',
    ),
    tolerations: list(obj('', { key: str() })),
    finalizers: mergeSet(str()),
    strategy: obj('', { type: str(), rolling: obj('', { max: str() }) }),
  }),
});

const CONTAINERS = [
  { name: 'a', image: '1', env: [{ name: 'X', value: '1' }] },
  { name: 'b', image: '1' },
];

test.each([
  [
    'merges a list by key',
    { containers: CONTAINERS },
    { containers: [{ name: 'b', image: '2' }] },
    { containers: [CONTAINERS[0], { name: 'b', image: '2' }] },
  ],
  [
    'merges nested lists',
    { containers: CONTAINERS },
    { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }] }] },
    {
      containers: [
        {
          ...CONTAINERS[0],
          env: [
            { name: 'Y', value: '2' },
            { name: 'X', value: '1' },
          ],
        },
        CONTAINERS[1],
      ],
    },
  ],
  [
    'adds an element, in front as Kubernetes does',
    { containers: [CONTAINERS[1]] },
    { containers: [{ name: 'c' }] },
    { containers: [{ name: 'c' }, CONTAINERS[1]] },
  ],
  [
    'deletes an element',
    { containers: CONTAINERS },
    { containers: [{ name: 'a', $patch: 'delete' }] },
    { containers: [CONTAINERS[1]] },
  ],
  [
    'replaces a list',
    { containers: CONTAINERS },
    { containers: [{ $patch: 'replace' }, { name: 'z' }] },
    { containers: [{ name: 'z' }] },
  ],
  [
    'replaces an atomic list',
    { tolerations: [{ key: 'a' }] },
    { tolerations: [{ key: 'b' }] },
    { tolerations: [{ key: 'b' }] },
  ],
  ['unites sets', { finalizers: ['a', 'b'] }, { finalizers: ['b', 'c'] }, { finalizers: ['a', 'b', 'c'] }],
  [
    'deletes from a set',
    { finalizers: ['a', 'b'] },
    { '$deleteFromPrimitiveList/finalizers': ['a'] },
    { finalizers: ['b'] },
  ],
  [
    'orders elements',
    { containers: CONTAINERS },
    { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
    { containers: [CONTAINERS[1], CONTAINERS[0]] },
  ],
  [
    'retains keys',
    { strategy: { type: 'R', rolling: { max: '1' } } },
    { strategy: { $retainKeys: ['type'], type: 'Q' } },
    { strategy: { type: 'Q' } },
  ],
  [
    'replaces an object',
    { strategy: { type: 'R', rolling: {} } },
    { strategy: { $patch: 'replace', type: 'Q' } },
    { strategy: { type: 'Q' } },
  ],
  [
    'removes with null',
    { strategy: { type: 'R', rolling: {} } },
    { strategy: { rolling: null } },
    { strategy: { type: 'R' } },
  ],
])('strategic merge patch %s', (_name, before, patch, after) => {
  expect(applyStrategicMergePatch(SCHEMA, { spec: before }, { spec: patch })).toEqual({ spec: after });
});

test('strategic merge patch takes the elements of a list that is not there as they are', () => {
  const containers = [{ image: '1' }];
  expect(applyStrategicMergePatch(SCHEMA, { spec: {} }, { spec: { containers } })).toEqual({
    spec: { containers },
  });
});

test.each([
  ['a list that is not there', {}, {}],
  ['a list that is empty', { containers: [] }, { containers: [] }],
])('strategic merge patch takes nothing out of %s', (_name, before, after) => {
  const containers = [{ name: 'a', $patch: 'delete' }];
  expect(applyStrategicMergePatch(SCHEMA, { spec: before }, { spec: { containers } })).toEqual({
    spec: after,
  });
});

test.each([
  ['an element without its key', { containers: [{ image: '1' }] }],
  ['an unknown directive', { strategy: { $patch: 'explode' } }],
])('strategic merge patch refuses %s', (_name, patch) => {
  expect(() => applyStrategicMergePatch(SCHEMA, { spec: { containers: [] } }, { spec: patch })).toThrow(
    expect.objectContaining({ code: 'BadRequest' }),
  );
});

// RFC 7386, appendix A.
test.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'foo' }, null, null],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('merge patch of %j with %j is %j', (target, patch, expected) => {
  expect(applyMergePatch(target, patch)).toEqual(expected);
});
