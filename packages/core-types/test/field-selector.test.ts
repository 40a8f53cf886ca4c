import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFieldSelector, matchesFields, parseFieldSelector } from '@virtkit/core-types';

describe('field selectors', () => {
  it('parse every form', () => {
    expect(
      parseFieldSelector(String.raw`metadata.name=vm,status.phase!=Running,spec.nodeName==,a=x\,y\=z\\`),
    ).toEqual([
      { path: 'metadata.name', operator: '=', value: 'vm' },
      { path: 'status.phase', operator: '!=', value: 'Running' },
      { path: 'spec.nodeName', operator: '=', value: '' },
      { path: 'a', operator: '=', value: String.raw`x,y=z\ `.trim() },
    ]);
    expect(parseFieldSelector('')).toEqual([]);
  });
  it.each(['a', 'a=b,', ',a=b', '=b', 'a=b=c', String.raw`a=\n`, 'a=\\'])('refuse %j', (text) => {
    expect(() => parseFieldSelector(text)).toThrow(
      expect.objectContaining({ code: 'InvalidSelector' }) as Error,
    );
  });
  it('parse what they format', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            path: fc.stringMatching(/^[a-z]+(\.[a-z]+)?$/),
            operator: fc.constantFrom('=', '!='),
            value: fc.string(),
          }),
        ),
        (requirements) => {
          expect(parseFieldSelector(formatFieldSelector(requirements))).toEqual(requirements);
        },
      ),
    );
  });
  it.each<[string, boolean]>([
    ['metadata.name=a', true],
    ['metadata.name!=a', false],
    ['status.phase=', true],
    ['status.phase!=Running', true],
    ['spec.unschedulable=true,spec.n=3', true],
    ['spec=x', false],
  ])('%j is %s', (selector, expected) => {
    expect(matchesFields(selector, { metadata: { name: 'a' }, spec: { unschedulable: true, n: 3 } })).toBe(
      expected,
    );
  });
});
