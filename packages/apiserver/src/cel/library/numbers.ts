// Numbers as Go reads, writes and bounds them.
import { CelFault } from '../errors.ts';
import { Uint } from '../values.ts';

const MAX_INT = 9223372036854775807n;
const MIN_INT = -MAX_INT - 1n;
const MAX_UINT = 18446744073709551615n;

/** @throws CelFault `integer overflow` */
export function checkedInt(value: bigint): bigint {
  if (value > MAX_INT || value < MIN_INT) throw new CelFault('integer overflow');
  return value;
}

/** @throws CelFault `unsigned integer overflow` */
export function checkedUint(value: bigint): Uint {
  if (value > MAX_UINT || value < 0n) throw new CelFault('unsigned integer overflow');
  return new Uint(value);
}

/** A double cut off to an integer. @throws CelFault for what no integer is near */
export function truncated(value: number, overflow: string): bigint {
  if (!Number.isFinite(value)) throw new CelFault(overflow);
  return BigInt(Math.trunc(value));
}

/** @returns undefined for what is no decimal 64-bit integer */
export function parseInt64(text: string): bigint | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = text.startsWith('+') ? BigInt(text.slice(1)) : BigInt(text);
  return value > MAX_INT || value < MIN_INT ? undefined : value;
}

/** @returns undefined for what is no decimal unsigned 64-bit integer */
export function parseUint64(text: string): bigint | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const value = BigInt(text);
  return value > MAX_UINT ? undefined : value;
}

/** @returns undefined for what is no number */
export function parseDouble(text: string): number | undefined {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special !== null)
    return special[2]?.toLowerCase() === 'nan' ? Number.NaN : special[1] === '-' ? -Infinity : Infinity;
  return /^[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

/** The shortest text of a double, with an exponent from a million on, as Go's %g. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(value);
  const digits = String(Math.abs(exponent)).padStart(2, '0');
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
}
