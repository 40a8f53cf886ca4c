import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mean, median, percentile } from '../src/report/percentile.ts';

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });

describe('percentiles', () => {
  it.each([
    [[1], 0.95, 1],
    [[1, 2], 0.5, 1.5],
    [[3, 1, 2], 0.5, 2],
    [[10, 20, 30, 40, 50], 0.95, 48],
    [[5, 1], 0, 1],
    [[5, 1], 1, 5],
  ])('of %j at %f is %f', (given, share, expected) => {
    expect(percentile(given, share)).toBeCloseTo(expected, 9);
  });

  it('lie between the least and the greatest value and do not fall as the share grows', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(values, share, share, (given, one, other) => {
        const low = percentile(given, Math.min(one, other));
        const high = percentile(given, Math.max(one, other));
        expect(low).toBeGreaterThanOrEqual(Math.min(...given));
        expect(high).toBeLessThanOrEqual(Math.max(...given));
        // Interpolation rounds.
        expect(low - high).toBeLessThanOrEqual(1e-6);
      }),
    );
  });

  it('leave the values in their order', () => {
    const given = [3, 1, 2];
    median(given);
    expect(given).toEqual([3, 1, 2]);
  });

  it('refuse no values and shares that are none', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
    expect(() => percentile([1], 1.5)).toThrow(RangeError);
    expect(() => percentile([1], Number.NaN)).toThrow(RangeError);
    expect(() => mean([])).toThrow(RangeError);
  });
});
