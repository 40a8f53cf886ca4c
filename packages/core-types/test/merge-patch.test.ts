import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyMergePatch, diffMergePatch, jsonEqual } from '@virtkit/core-types';

describe('applyMergePatch', () => {
  // The table of RFC 7386, appendix A.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j + %j = %j', (document, patch, result) => {
    const before = structuredClone(document);
    expect(applyMergePatch(document, patch)).toEqual(result);
    expect(document).toEqual(before);
  });
});

const withoutNull = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.boolean(), fc.integer(), fc.string()),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('diffMergePatch', () => {
  it('turns one document into the other', () => {
    fc.assert(
      fc.property(withoutNull, withoutNull, (before, after) => {
        const patch = diffMergePatch(before, after);
        const patched = patch === undefined ? before : applyMergePatch(before, patch);
        expect(jsonEqual(patched, after)).toBe(true);
      }),
    );
  });
  it('is undefined for equal documents', () => {
    expect(diffMergePatch({ a: [1], b: { c: 2 } }, { b: { c: 2 }, a: [1] })).toBeUndefined();
  });
  it('names only what differs', () => {
    expect(diffMergePatch({ a: 1, b: { c: 1, d: 2 } }, { b: { c: 1, d: 3 }, e: 4 })).toEqual({
      a: null,
      b: { d: 3 },
      e: 4,
    });
  });
});
