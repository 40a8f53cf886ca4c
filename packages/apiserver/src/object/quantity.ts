import { stringOf } from './json.ts';

const UNITS_PER_ONE = 1_000_000_000n;
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

/**
 * A resource quantity in billionths, so that sums are exact: `100m` is 100,000,000. Digits below a billionth round up, as
 * in Kubernetes.
 * @returns undefined when `value` is not a quantity
 */
export function billionths(value: unknown): bigint | undefined {
  const text = typeof value === 'number' ? String(value) : stringOf(value);
  const match = /^([+-]?)(\d*)(?:\.(\d*))?([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,2})?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', suffix = ''] = match;
  if (whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const binary = BINARY.indexOf(suffix);
  const exponent = (binary >= 0 ? 0 : (DECIMAL[suffix] ?? Number(suffix.slice(1)))) + 9 - fraction.length;
  const scaled = binary >= 0 ? digits << BigInt(10 * (binary + 1)) : digits;
  const size = exponent >= 0 ? scaled * 10n ** BigInt(exponent) : divideUp(scaled, 10n ** BigInt(-exponent));
  return sign === '-' ? -size : size;
}

/** The shortest way to write a quantity without a fraction: `2`, `100m`, `1500u`. */
export function quantityText(amount: bigint): string {
  for (const [suffix, unit] of [
    ['', UNITS_PER_ONE],
    ['m', 1_000_000n],
    ['u', 1_000n],
  ] as const)
    if (amount % unit === 0n) return `${amount / unit}${suffix}`;
  return `${amount}n`;
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
