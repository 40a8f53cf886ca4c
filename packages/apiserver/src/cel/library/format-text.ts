// `'%s has %d'.format([name, count])`.
import { CelFault } from '../errors.ts';
import {
  Duration,
  elements,
  isList,
  isMap,
  Timestamp,
  typeName,
  TypeName,
  Uint,
  type CelList,
  type CelValue,
} from '../values.ts';
import { stringOf } from './standard.ts';

const DEFAULT_PRECISION = 6;

/** @throws CelFault for a clause that is unknown, or a value that it is not made for */
export function formatText(format: string, args: CelList): string {
  let next = 0;
  const take = (): CelValue => {
    if (next >= args.size) throw new CelFault(`index ${next} out of range`);
    next += 1;
    return args.at(next - 1);
  };
  return format.replaceAll(
    /%(?:%|(?:\.(\d*))?([^%]?))/gu,
    (clause, precision: string | undefined, verb: string) => {
      if (clause === '%%') return '%';
      const value = take();
      if (verb === '') throw new CelFault('unexpected end of string');
      return formatValue(value, verb, precision === undefined ? undefined : Number(precision));
    },
  );
}

function formatValue(value: CelValue, verb: string, precision: number | undefined): string {
  switch (verb) {
    case 's':
      return textOf(value);
    case 'd':
      return integer(value, 10) ?? refused('decimal', 'integers', value);
    case 'f':
      return decimal(value, 'fixed-point', (number) => number.toFixed(precision ?? DEFAULT_PRECISION));
    case 'e':
      return decimal(value, 'scientific', (number) => scientific(number, precision ?? DEFAULT_PRECISION));
    case 'b':
      return typeof value === 'boolean'
        ? String(Number(value))
        : (integer(value, 2) ?? refused('binary', 'integers and bools', value));
    case 'o':
      return integer(value, 8) ?? refused('octal', 'integers', value);
    case 'x':
      return hexadecimal(value);
    case 'X':
      return hexadecimal(value).toUpperCase();
    default:
      throw new CelFault(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
  }
}

function refused(clause: string, takes: string, value: CelValue): never {
  throw new CelFault(
    `error during formatting: ${clause} clause can only be used on ${takes}, was given ${typeName(value)}`,
  );
}

function integer(value: CelValue, radix: number): string | undefined {
  if (typeof value === 'bigint') return value.toString(radix);
  return value instanceof Uint ? value.value.toString(radix) : undefined;
}

function decimal(value: CelValue, clause: string, write: (value: number) => string): string {
  const number =
    typeof value === 'number'
      ? value
      : value === 'NaN' || value === 'Infinity' || value === '-Infinity'
        ? Number(value)
        : refused(clause, 'doubles', value);
  if (Number.isNaN(number)) return 'NaN';
  if (!Number.isFinite(number)) return number > 0 ? '∞' : '-∞';
  return write(number);
}

function scientific(value: number, precision: number): string {
  const [mantissa = '', power = '0'] = value.toExponential(precision).split('e');
  const exponent = Number(power);
  return `${mantissa}\u202f×\u202f10${exponent < 0 ? '⁻' : ''}${superscript(Math.abs(exponent))}`;
}

function superscript(value: number): string {
  return String(value)
    .padStart(2, '0')
    .replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? digit);
}

function hexadecimal(value: CelValue): string {
  if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('hex');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return integer(value, 16) ?? refused('hex', 'integers, byte buffers, and strings', value);
}

const STRING_TYPES = 'strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps';

function textOf(value: CelValue): string {
  if (value === null) return 'null';
  if (isList(value)) return `[${[...elements(value)].map(literal).join(', ')}]`;
  if (isMap(value)) {
    const entries = [...value.keys()].map((key) => [literal(key), literal(value.get(key) ?? null)] as const);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, member]) => `${key}:${member}`).join(', ')}}`;
  }
  return stringOf(value) ?? refused('string', STRING_TYPES, value);
}

/** A value within a list or map, written so that CEL could read it. */
function literal(value: CelValue): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number')
    return Number.isFinite(value) ? value.toFixed(DEFAULT_PRECISION) : quoted(textOf(value));
  if (value instanceof Uint8Array) return `b${quoted(textOf(value))}`;
  if (value instanceof Timestamp) return `timestamp(${quoted(textOf(value))})`;
  if (value instanceof Duration) return `duration(${quoted(textOf(value))})`;
  return value instanceof TypeName ? `type(${value.name})` : textOf(value);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': String.raw`\a`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
  '\\': String.raw`\\`,
  '"': String.raw`\"`,
};

/** A string in double quotes, with escapes. */
export function quoted(text: string): string {
  return `"${Array.from(text, (character) => ESCAPES[character] ?? character).join('')}"`;
}
