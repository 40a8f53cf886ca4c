import { CelFault } from '../errors.ts';
import type { LibrarySource } from '../overloads.ts';
import type { Opaque } from '../values.ts';
import { quoted } from './format-text.ts';
import { of } from './standard.ts';

/** A semantic version. */
class Semver implements Opaque {
  readonly kind = 'opaque';
  readonly type = 'kubernetes.Semver';
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly prerelease: readonly string[];
  readonly #length: number;

  constructor(
    numbers: readonly [bigint, bigint, bigint],
    prerelease: readonly string[],
    { length }: { length: number },
  ) {
    this.numbers = numbers;
    this.prerelease = prerelease;
    this.#length = length;
  }

  equals(other: Opaque): boolean {
    return other instanceof Semver && order(this, other) === 0n;
  }

  weight(): number {
    return this.#length;
  }
}

const NUMERIC = /^\d+$/;
const IDENTIFIER = /^[0-9A-Za-z-]+$/;

function readNumber(text: string, name: string): bigint {
  const shown = quoted(text);
  const lower = name.toLowerCase();
  if (text === '') throw new CelFault('strconv.ParseUint: parsing "": invalid syntax');
  if (!NUMERIC.test(text)) throw new CelFault(`Invalid character(s) found in ${lower} number ${shown}`);
  if (text.length > 1 && text.startsWith('0'))
    throw new CelFault(`${name} number must not contain leading zeroes ${shown}`);
  return BigInt(text);
}

function readPrerelease(text: string): string {
  if (text === '') throw new CelFault('Prerelease is empty');
  if (NUMERIC.test(text) && text.length > 1 && text.startsWith('0'))
    throw new CelFault(`Numeric PreRelease version must not contain leading zeroes ${quoted(text)}`);
  if (!IDENTIFIER.test(text)) throw new CelFault(`Invalid character(s) found in prerelease ${quoted(text)}`);
  return text;
}

function parse(text: string): Semver {
  if (text === '') throw new CelFault('Version string empty');
  const [major = '', minor, ...patches] = text.split('.');
  const rest = patches.length === 0 ? undefined : patches.join('.');
  if (minor === undefined || rest === undefined) throw new CelFault('No Major.Minor.Patch elements found');
  const plus = rest.indexOf('+');
  const build = plus < 0 ? undefined : rest.slice(plus + 1);
  const before = plus < 0 ? rest : rest.slice(0, plus);
  const dash = before.indexOf('-');
  const patch = dash < 0 ? before : before.slice(0, dash);
  const numbers = [
    readNumber(major, 'Major'),
    readNumber(minor, 'Minor'),
    readNumber(patch, 'Patch'),
  ] as const;
  const prerelease =
    dash < 0
      ? []
      : before
          .slice(dash + 1)
          .split('.')
          .map(readPrerelease);
  for (const part of build?.split('.') ?? []) {
    if (part === '') throw new CelFault('Build meta data is empty');
    if (!IDENTIFIER.test(part))
      throw new CelFault(`Invalid character(s) found in build meta data ${quoted(part)}`);
  }
  return new Semver(numbers, prerelease, text);
}

/** Takes off a leading v and zeros, and completes 1 and 1.2. */
function normalised(text: string): string {
  const parts = text
    .replace(/^v/, '')
    .split('.')
    .map((part) => part.replace(/^0+(?=\d)/, ''));
  if (parts.length < 3 && /[+-]/.test(parts.at(-1) ?? ''))
    throw new CelFault('short version cannot contain PreRelease/Build meta data');
  while (parts.length < 3) parts.push('0');
  return parts.join('.');
}

function order(a: Semver, b: Semver): bigint {
  for (const at of [0, 1, 2] as const)
    if (a.numbers[at] !== b.numbers[at]) return a.numbers[at] < b.numbers[at] ? -1n : 1n;
  if (a.prerelease.length === 0 || b.prerelease.length === 0)
    return BigInt(Math.sign(b.prerelease.length - a.prerelease.length));
  for (let at = 0; at < Math.max(a.prerelease.length, b.prerelease.length); at += 1) {
    const found = orderPrerelease(a.prerelease[at], b.prerelease[at]);
    if (found !== 0n) return found;
  }
  return 0n;
}

function orderPrerelease(a: string | undefined, b: string | undefined): bigint {
  if (a === undefined || b === undefined) return a === undefined ? -1n : 1n;
  if (NUMERIC.test(a) && NUMERIC.test(b)) return sign(BigInt(a) - BigInt(b));
  if (NUMERIC.test(a) || NUMERIC.test(b)) return NUMERIC.test(a) ? -1n : 1n;
  return a < b ? -1n : a > b ? 1n : 0n;
}

function sign(value: bigint): bigint {
  return value < 0n ? -1n : value > 0n ? 1n : 0n;
}

function isSemver(text: string, normalise: boolean): boolean {
  try {
    parse(normalise ? normalised(text) : text);
    return true;
  } catch (error) {
    if (error instanceof CelFault) return false;
    throw error;
  }
}

const S = 'kubernetes.Semver';

/** Semantic versions. */
export const SEMVER: LibrarySource = {
  semver: {
    [`(string) ${S}`]: of((text: string) => parse(text)),
    [`(string, bool) ${S}`]: of((text: string, normalise: boolean) =>
      parse(normalise ? normalised(text) : text),
    ),
  },
  isSemver: {
    '(string) bool': of((text: string) => isSemver(text, false)),
    '(string, bool) bool': of(isSemver),
  },
  isGreaterThan: { [`${S}.(${S}) bool`]: of((a: Semver, b: Semver) => order(a, b) > 0n) },
  isLessThan: { [`${S}.(${S}) bool`]: of((a: Semver, b: Semver) => order(a, b) < 0n) },
  compareTo: { [`${S}.(${S}) int`]: of(order) },
  major: { [`${S}.() int`]: of((version: Semver) => version.numbers[0]) },
  minor: { [`${S}.() int`]: of((version: Semver) => version.numbers[1]) },
  patch: { [`${S}.() int`]: of((version: Semver) => version.numbers[2]) },
};
