import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Quantity, VirtualMachineInstanceSchema, type QuantityFormat } from '@virtkit/core-types';

describe('Quantity.parse', () => {
  it.each<[string | number, bigint, string]>([
    ['0', 0n, '0'],
    ['1', 1000n, '1'],
    ['100m', 100n, '100m'],
    ['1.5', 1500n, '1500m'],
    ['.5', 500n, '500m'],
    ['5.', 5000n, '5'],
    ['1k', 1_000_000n, '1k'],
    ['1000', 1_000_000n, '1k'],
    ['1024', 1_024_000n, '1024'],
    ['1Ki', 1_024_000n, '1Ki'],
    ['1.5Ki', 1_536_000n, '1536'],
    ['2048Ki', 2_097_152_000n, '2Mi'],
    ['1.5Gi', 1_610_612_736_000n, '1536Mi'],
    ['1Ei', 1_152_921_504_606_846_976_000n, '1Ei'],
    ['12e6', 12_000_000_000n, '12e6'],
    ['1E3', 1_000_000n, '1e3'],
    ['1E', 10n ** 21n, '1E'],
    ['1500e-3', 1500n, '1500e-3'],
    ['-2G', -2_000_000_000_000n, '-2G'],
    ['+3M', 3_000_000_000n, '3M'],
    ['500u', 1n, '500u'],
    ['1n', 1n, '1n'],
    ['512Mi', 536_870_912_000n, '512Mi'],
    [0.25, 250n, '250m'],
    [2, 2000n, '2'],
  ])('%s is %s thousandths and reads %s', (text, milli, canonical) => {
    const quantity = Quantity.parse(text);
    expect(quantity.toMilli()).toBe(milli);
    expect(quantity.toString()).toBe(canonical);
  });

  it.each([
    '',
    ' 1',
    '1 Gi',
    '1gi',
    '1KiB',
    '1K',
    '0x10',
    '1e',
    '1.2.3',
    'Gi',
    '.',
    '1e99999',
    '1e1.5',
    'NaN',
  ])('refuses %j', (text) => {
    expect(() => Quantity.parse(text)).toThrow(expect.objectContaining({ code: 'InvalidQuantity' }) as Error);
  });

  it('rounds away from zero below a billionth', () => {
    expect(Quantity.parse('0.1n').toString()).toBe('1n');
    expect(Quantity.parse('-0.1n').toString()).toBe('-1n');
    expect(Quantity.parse('0.5Ki').toBytes()).toBe(512n);
    expect(Quantity.parse('0.0001').toMilli()).toBe(1n);
    expect(Quantity.parse('1.1').toBytes()).toBe(2n);
  });
});

const formats = fc.constantFrom<QuantityFormat>('binary', 'decimal', 'exponent');
const suffixes = fc.constantFrom(
  'n',
  'u',
  'm',
  '',
  'k',
  'M',
  'G',
  'T',
  'P',
  'E',
  'Ki',
  'Mi',
  'Gi',
  'Ti',
  'Pi',
  'Ei',
  'e3',
  'e-2',
);
const text = fc
  .tuple(fc.bigInt(-(10n ** 15n), 10n ** 15n), fc.option(fc.nat(999_999), { nil: undefined }), suffixes)
  .map(([whole, fraction, suffix]) => `${whole}${fraction === undefined ? '' : `.${fraction}`}${suffix}`);
const quantities = text.map((value) => Quantity.parse(value));

describe('Quantity', () => {
  it('keeps its amount and form through its canonical text', () => {
    fc.assert(
      fc.property(quantities, formats, (quantity, format) => {
        const canonical = quantity.withFormat(format).toString();
        const again = Quantity.parse(canonical);
        expect(again.equals(quantity)).toBe(true);
        expect(again.withFormat(format).toString()).toBe(canonical);
      }),
    );
  });
  it('adds and subtracts exactly', () => {
    fc.assert(
      fc.property(quantities, quantities, (a, b) => {
        expect(a.add(b).sub(b).equals(a)).toBe(true);
        expect(a.add(b).equals(b.add(a))).toBe(true);
        expect(a.sub(b).isNegative()).toBe(a.compare(b) === -1);
      }),
    );
  });
  it('multiplies by whole numbers exactly and by ratios to a billionth', () => {
    fc.assert(
      fc.property(quantities, fc.bigInt(1n, 10_000n), (a, n) => {
        expect(a.mul(n).mul(1n, n).equals(a)).toBe(true);
        expect(a.mul(1n, n).mul(n).compare(a)).toBe(
          a.mul(1n, n).mul(n).equals(a) ? 0 : a.isNegative() ? -1 : 1,
        );
      }),
    );
  });
  it('rounds to bytes by less than one, away from zero', () => {
    fc.assert(
      fc.property(quantities, (a) => {
        const gap = Quantity.fromBytes(a.toBytes()).sub(a);
        const distance = gap.isNegative() ? gap.mul(-1n) : gap;
        expect(distance.compare(Quantity.parse('1'))).toBe(-1);
        expect(gap.isZero() || gap.isNegative() === a.isNegative()).toBe(true);
      }),
    );
  });
  it('is accepted by the schemas exactly when it can be parsed', () => {
    fc.assert(
      fc.property(
        fc.oneof(text, fc.stringMatching(/^[+-]?[0-9.]{0,3}[numkKMGTPEie]{0,2}[0-9]?$/)),
        (value) => {
          const vmi = { metadata: {}, spec: { domain: { devices: {}, memory: { guest: value } } } };
          let parses = true;
          try {
            Quantity.parse(value);
          } catch (error) {
            expect(error).toMatchObject({ code: 'InvalidQuantity' });
            parses = false;
          }
          expect(VirtualMachineInstanceSchema.safeParse(vmi).success).toBe(parses);
        },
      ),
    );
  });
  it('takes the suffix family of the first non-zero operand', () => {
    expect(Quantity.parse('1Gi').add(Quantity.parse('1G')).toString()).toBe('2073741824');
    expect(Quantity.zero.add(Quantity.parse('2Gi')).toString()).toBe('2Gi');
    expect(Quantity.parse('2Gi').mul(3n, 2n).toString()).toBe('3Gi');
    expect(JSON.stringify({ memory: Quantity.fromBytes(1024n ** 3n) })).toBe('{"memory":"1Gi"}');
    expect(Quantity.fromMilli(1500).toString()).toBe('1500m');
    expect(Quantity.parse('2500m').toNumber()).toBe(2.5);
  });
});
