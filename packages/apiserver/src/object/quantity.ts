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

/**
 * A quantity as Kubernetes writes it: without a fraction and with the greatest suffix of its own sort that loses nothing.
 * `0.5` becomes `500m`, `1024Mi` becomes `1Gi`, the number 2000 becomes `2k`. What is no quantity is left as it is.
 */
export function canonicalQuantity(value: unknown): unknown {
  const amount = billionths(value);
  if (amount === undefined) return value;
  if (amount === 0n) return '0';
  const text = typeof value === 'number' ? String(value) : stringOf(value);
  const isBinary = text.endsWith('i');
  if (isBinary && amount % UNITS_PER_ONE === 0n && magnitude(amount) >= 1024n * UNITS_PER_ONE)
    return binaryText(amount / UNITS_PER_ONE);
  // A suffix that is a power of ten stays one.
  const exponential = /[eE][+-]?\d+$/.test(text);
  const [digits, exponent] = thousands(amount);
  if (exponential) return exponent === 0 ? String(digits) : `${digits}e${exponent}`;
  const suffix = Object.entries(DECIMAL).find(([, power]) => power === exponent)?.[0];
  return suffix === undefined ? value : `${digits}${suffix}`;
}

function binaryText(units: bigint): string {
  let rest = units;
  let steps = 0;
  while (rest % 1024n === 0n && steps < BINARY.length) {
    rest /= 1024n;
    steps += 1;
  }
  return `${rest}${steps === 0 ? '' : (BINARY[steps - 1] ?? '')}`;
}

/** The amount as digits and a power of ten that is a multiple of three, as great as it can be. */
function thousands(amount: bigint): [digits: bigint, exponent: number] {
  let digits = amount;
  let exponent = -9;
  while (digits % 1000n === 0n) {
    digits /= 1000n;
    exponent += 3;
  }
  return [digits, exponent];
}

function magnitude(amount: bigint): bigint {
  return amount < 0n ? -amount : amount;
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

/** A quantity in the kind of units that another is written in: `512Mi` beside `1Gi`, `2k` beside `10`. */
export function quantityLike(amount: bigint, sample: unknown): string {
  const whole = amount % UNITS_PER_ONE === 0n;
  if (!whole || amount === 0n) return quantityText(amount);
  const [size, suffixes] = /[KMGTPE]i$/.test(stringOf(sample))
    ? [1024n, BINARY]
    : [1000n, ['k', 'M', 'G', 'T', 'P', 'E']];
  let count = amount / UNITS_PER_ONE;
  let suffix = '';
  for (const larger of suffixes) {
    if (count % size !== 0n) break;
    count /= size;
    suffix = larger;
  }
  return `${count}${suffix}`;
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
