import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Duration } from '@virtkit/core-types';

describe('Duration.parse', () => {
  it.each<[string, bigint, string]>([
    ['0', 0n, '0s'],
    ['1h30m', 5_400_000_000_000n, '1h30m0s'],
    ['300ms', 300_000_000n, '300ms'],
    ['1.5h', 5_400_000_000_000n, '1h30m0s'],
    ['-1.5s', -1_500_000_000n, '-1.5s'],
    ['+5s', 5_000_000_000n, '5s'],
    ['10µs', 10_000n, '10µs'],
    ['10μs', 10_000n, '10µs'],
    ['10us', 10_000n, '10µs'],
    ['1.1µs', 1_100n, '1.1µs'],
    ['7ns', 7n, '7ns'],
    ['.5m', 30_000_000_000n, '30s'],
    ['1.m', 60_000_000_000n, '1m0s'],
    ['168h0m0s', 604_800_000_000_000n, '168h0m0s'],
    ['1m1ms', 60_001_000_000n, '1m0.001s'],
    ['0.9ns', 0n, '0s'],
  ])('%s is %s ns and reads %s', (text, nanoseconds, canonical) => {
    expect(Duration.parse(text).nanoseconds).toBe(nanoseconds);
    expect(Duration.parse(text).toString()).toBe(canonical);
  });
  it.each(['', '1', '1d', 's', '.s', '1h 30m', '1h30', '--1s', '3000000h', 'h1', '1s-1s'])(
    'refuses %j',
    (text) => {
      expect(() => Duration.parse(text)).toThrow(
        expect.objectContaining({ code: 'InvalidDuration' }) as Error,
      );
    },
  );
});

describe('Duration', () => {
  const durations = fc.bigInt(-(2n ** 62n), 2n ** 62n).map((value) => Duration.fromNanoseconds(value));
  it('is the same after its text is read', () => {
    fc.assert(
      fc.property(durations, (duration) => {
        expect(Duration.parse(duration.toString()).nanoseconds).toBe(duration.nanoseconds);
      }),
    );
  });
  it('adds, subtracts and compares exactly', () => {
    fc.assert(
      fc.property(durations, durations, (a, b) => {
        expect(a.add(b).sub(b).compare(a)).toBe(0);
        expect(a.compare(b)).toBe(a.sub(b).compare(Duration.zero));
      }),
    );
  });
  it('converts for timers', () => {
    expect(Duration.parse('1.5s').milliseconds).toBe(1500);
    expect(Duration.fromSeconds(90).toString()).toBe('1m30s');
    expect(Duration.fromMilliseconds(0.5).toString()).toBe('500µs');
    expect(Duration.parse('2m').seconds).toBe(120);
  });
});
