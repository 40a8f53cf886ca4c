import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyJsonPatch,
  CoreTypesError,
  diffJsonPatch,
  formatPointer,
  getPointer,
  jsonEqual,
  parseJsonPatch,
  parsePointer,
  type CoreTypesErrorCode,
  type JsonPatch,
} from '@virtkit/core-types';

function codeOf(run: () => unknown): CoreTypesErrorCode | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof CoreTypesError) return error.code;
    throw error;
  }
}

describe('applyJsonPatch', () => {
  const cases: { name: string; document: unknown; patch: JsonPatch; result: unknown }[] = [
    {
      name: 'adds a member',
      document: { a: 1 },
      patch: [{ op: 'add', path: '/b', value: 2 }],
      result: { a: 1, b: 2 },
    },
    {
      name: 'inserts into a list',
      document: [1, 3],
      patch: [{ op: 'add', path: '/1', value: 2 }],
      result: [1, 2, 3],
    },
    {
      name: 'appends to a list',
      document: [1],
      patch: [{ op: 'add', path: '/-', value: 2 }],
      result: [1, 2],
    },
    {
      name: 'replaces the root',
      document: 1,
      patch: [{ op: 'add', path: '', value: { a: 1 } }],
      result: { a: 1 },
    },
    {
      name: 'removes a member',
      document: { a: 1, b: 2 },
      patch: [{ op: 'remove', path: '/a' }],
      result: { b: 2 },
    },
    { name: 'removes an item', document: [1, 2, 3], patch: [{ op: 'remove', path: '/1' }], result: [1, 3] },
    {
      name: 'replaces with null',
      document: { a: 1 },
      patch: [{ op: 'replace', path: '/a', value: null }],
      result: { a: null },
    },
    {
      name: 'moves a member',
      document: { a: { x: 1 }, b: {} },
      patch: [{ op: 'move', from: '/a/x', path: '/b/y' }],
      result: { a: {}, b: { y: 1 } },
    },
    {
      name: 'moves within a list',
      document: ['a', 'b', 'c'],
      patch: [{ op: 'move', from: '/0', path: '/2' }],
      result: ['b', 'c', 'a'],
    },
    {
      name: 'copies by value',
      document: { a: [1] },
      patch: [
        { op: 'copy', from: '/a', path: '/b' },
        { op: 'add', path: '/b/-', value: 2 },
      ],
      result: { a: [1], b: [1, 2] },
    },
    {
      name: 'tests without regard to member order',
      document: { a: { x: 1, y: 2 } },
      patch: [{ op: 'test', path: '/a', value: { y: 2, x: 1 } }],
      result: { a: { x: 1, y: 2 } },
    },
    {
      name: 'unescapes',
      document: { 'a/b': 1, 'm~n': 2 },
      patch: [
        { op: 'remove', path: '/a~1b' },
        { op: 'replace', path: '/m~0n', value: 3 },
      ],
      result: { 'm~n': 3 },
    },
    {
      name: 'uses numeric member names',
      document: { '0': 'a' },
      patch: [{ op: 'replace', path: '/0', value: 'b' }],
      result: { '0': 'b' },
    },
  ];
  it.each(cases)('$name', ({ document, patch, result }) => {
    const before = structuredClone(document);
    expect(applyJsonPatch(document, patch)).toEqual(result);
    expect(document).toEqual(before);
  });

  const failures: { name: string; document: unknown; patch: JsonPatch; code: CoreTypesErrorCode }[] = [
    {
      name: 'failed test',
      document: { a: 1 },
      patch: [{ op: 'test', path: '/a', value: 2 }],
      code: 'PatchTestFailed',
    },
    {
      name: 'string is not number',
      document: { a: '1' },
      patch: [{ op: 'test', path: '/a', value: 1 }],
      code: 'PatchTestFailed',
    },
    {
      name: 'test of an absent member',
      document: {},
      patch: [{ op: 'test', path: '/a', value: 1 }],
      code: 'PatchPathNotFound',
    },
    {
      name: 'remove of an absent member',
      document: {},
      patch: [{ op: 'remove', path: '/a' }],
      code: 'PatchPathNotFound',
    },
    {
      name: 'replace of an absent member',
      document: {},
      patch: [{ op: 'replace', path: '/a', value: 1 }],
      code: 'PatchPathNotFound',
    },
    {
      name: 'add below an absent member',
      document: {},
      patch: [{ op: 'add', path: '/a/b', value: 1 }],
      code: 'PatchPathNotFound',
    },
    {
      name: 'add past the end',
      document: [1],
      patch: [{ op: 'add', path: '/2', value: 1 }],
      code: 'PatchPathNotFound',
    },
    {
      name: 'index with leading zero',
      document: [1, 2],
      patch: [{ op: 'remove', path: '/01' }],
      code: 'PatchPathNotFound',
    },
    {
      name: 'inherited member',
      document: {},
      patch: [{ op: 'test', path: '/constructor', value: 1 }],
      code: 'PatchPathNotFound',
    },
    {
      name: 'move into itself',
      document: { a: { b: 1 } },
      patch: [{ op: 'move', from: '/a', path: '/a/b' }],
      code: 'InvalidPatch',
    },
    {
      name: 'pointer without slash',
      document: {},
      patch: [{ op: 'add', path: 'a', value: 1 }],
      code: 'InvalidPointer',
    },
    {
      name: 'bad escape',
      document: {},
      patch: [{ op: 'add', path: '/a~2', value: 1 }],
      code: 'InvalidPointer',
    },
  ];
  it.each(failures)('refuses: $name', ({ document, patch, code }) => {
    expect(codeOf(() => applyJsonPatch(document, patch))).toBe(code);
  });

  it('says that a failed test can be cured by a new read', () => {
    expect(() => applyJsonPatch({}, [{ op: 'test', path: '', value: 1 }])).toThrow(
      expect.objectContaining({ code: 'PatchTestFailed', retry: 'on-change', path: '' }) as Error,
    );
  });

  it('sets a member named __proto__ without touching the prototype', () => {
    const value = applyJsonPatch<unknown>({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":true}}');
  });
});

describe('parseJsonPatch', () => {
  it.each([
    [{}],
    [[1]],
    [[{ op: 'add', path: '/a' }]],
    [[{ op: 'move', path: '/a' }]],
    [[{ op: 'merge', path: '/a' }]],
    [[{ op: 'remove' }]],
  ])('refuses %j', (value) => {
    expect(codeOf(() => parseJsonPatch(value))).toBe('InvalidPatch');
  });
  it('keeps a null value', () => {
    expect(parseJsonPatch([{ op: 'add', path: '/a', value: null }])).toEqual([
      { op: 'add', path: '/a', value: null },
    ]);
  });
});

describe('diffJsonPatch', () => {
  it('turns one document into the other', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (before, after) => {
        const patched = applyJsonPatch<unknown>(before, diffJsonPatch(before, after));
        expect(jsonEqual(patched, after)).toBe(true);
      }),
    );
  });
  it('is empty for equal documents', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(diffJsonPatch(value, structuredClone(value))).toEqual([]);
      }),
    );
  });
  it('touches only what differs', () => {
    expect(
      diffJsonPatch(
        { metadata: { labels: { a: '1' } }, status: { phase: 'Pending', list: [1, 2, 3] } },
        { metadata: { labels: { a: '1', 'b/c': '2' } }, status: { phase: 'Running', list: [1] } },
      ),
    ).toEqual([
      { op: 'add', path: '/metadata/labels/b~1c', value: '2' },
      { op: 'replace', path: '/status/phase', value: 'Running' },
      { op: 'remove', path: '/status/list/2' },
      { op: 'remove', path: '/status/list/1' },
    ]);
  });
  it('treats undefined as absent', () => {
    expect(diffJsonPatch({ a: 1 }, { a: 1, b: undefined })).toEqual([]);
    expect(diffJsonPatch({ a: 1 }, { a: undefined })).toEqual([{ op: 'remove', path: '/a' }]);
  });
});

describe('JSON pointer', () => {
  it('parses what it formats', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (tokens) => {
        expect(parsePointer(formatPointer(tokens))).toEqual(tokens);
      }),
    );
  });
  it('reads a value', () => {
    expect(getPointer({ a: [{ b: 1 }] }, '/a/0/b')).toBe(1);
    expect(getPointer({ a: [{ b: 1 }] }, '/a/1/b')).toBeUndefined();
    expect(getPointer({}, '/toString')).toBeUndefined();
  });
});
