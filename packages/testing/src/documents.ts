import type { z } from 'zod';

/** Numbers from 0 (inclusive) to 1, the same for the same seed (the generator called mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What documents are made of. */
export interface DocumentOptions {
  /** Share of the optional members that are present, from 0 to 1. Default 0.15. */
  readonly density?: number;
  /** Items of a list at most. Default 3. */
  readonly items?: number;
  /** Levels below which optional members are left out, so that documents stay of a size. Default 14. */
  readonly depth?: number;
  /**
   * Texts to take for members of a name, where every text would do; without one a pool of names, quantities, paths and
   * values of enumerations is used.
   */
  readonly texts?: Readonly<Record<string, readonly string[]>>;
}

interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly entries?: Readonly<Record<string, string | number>>;
  readonly values?: readonly unknown[];
  readonly in?: z.ZodType;
  readonly getter?: () => z.ZodType;
  readonly checks?: readonly unknown[];
}

const names = ['a', 'b', 'c', 'default'];
const texts = [
  ...names,
  '',
  'virtio',
  'scsi',
  'sata',
  'usb',
  '1Gi',
  '64Mi',
  '0',
  '-1',
  '2',
  '1500m',
  '/',
  '/a/b',
  '/a/../b',
  'Always',
  'None',
  'Bad Name',
  'é',
  'YQ==',
  '02:00:00:00:00:00',
  '0000:01:00.0',
  '10.0.0.0/24',
  'amd64',
  'arm64',
  's390x',
  'true',
  'x'.repeat(70),
];
const quantities = ['1Gi', '0', '-1', '2Mi', '1500m', '1e3', '.5', '999k', '3', '1Ki', '100Ti'];
const integers = [
  0, 1, 2, 3, 4, 7, 16, 255, 256, 512, 4096, 65_535, 65_536, -1, 2_147_483_647, -2_147_483_648,
];
const fractions = [0, 0.25, 0.5, 1, 1.5, 2, -0.5];
const times = ['2026-11-21T07:40:00Z', '2020-02-29T23:59:59.999999+02:00'];

/**
 * A document of the form that a schema wants, made of what is likely to matter: known names that refer to each other, limits, empty and
 * wrong values where the schema lets them pass. Rules between members (custom checks of objects) may be broken. The same for
 * the same random numbers.
 *
 * @throws Error for a schema that nothing can be made for, naming it
 */
export function randomDocument(
  schema: z.ZodType,
  random: () => number,
  { density = 0.15, items = 3, depth = 14, texts: chosen = {} }: DocumentOptions = {},
): unknown {
  const one = <T>(pool: readonly T[]): T => pool[Math.floor(random() * pool.length)]!;
  const definitionOf = (part: z.ZodType): Definition => part.def;

  /** A value of the pool that the schema takes; checks such as patterns and ranges are its own to judge. */
  function fitting(part: z.ZodType, pool: readonly unknown[], path: string): unknown {
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const value = one(pool);
      if (part.safeParse(value).success) return value;
    }
    const value = pool.find((candidate) => part.safeParse(candidate).success);
    if (value === undefined) throw new Error(`${path}: nothing fits its schema (${definitionOf(part).type})`);
    return value;
  }

  function object(shape: Readonly<Record<string, z.ZodType>>, path: string, level: number): unknown {
    const result: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(shape)) {
      const definition = definitionOf(member);
      const optional = definition.type === 'optional';
      if (optional && (level >= depth || random() >= density)) continue;
      result[name] = value(optional ? definition.innerType! : member, `${path}.${name}`, level + 1, name);
    }
    return result;
  }

  function value(part: z.ZodType, path: string, level: number, name: string): unknown {
    const definition = definitionOf(part);
    switch (definition.type) {
      case 'object':
        return object(definition.shape!, path, level);
      case 'array': {
        const length = level >= depth ? 0 : Math.floor(random() * (items + 1));
        const item = (index: number): unknown =>
          value(definition.element!, `${path}[${index}]`, level + 1, name);
        const list = Array.from({ length }, (_, index) => item(index));
        if (definition.checks === undefined || part.safeParse(list).success) return list;
        // Too few, or not all of them different: one always does.
        return [list[0] ?? item(0)];
      }
      case 'record': {
        const keys = names.filter(() => random() < 0.3);
        return Object.fromEntries(
          keys.map((key) => [key, value(definition.valueType!, `${path}.${key}`, level + 1, key)]),
        );
      }
      case 'string':
        return fitting(part, [...(chosen[name] ?? texts), ...times, ...quantities.slice(0, 1)], path);
      case 'number':
      case 'int':
        return fitting(part, [...integers, ...fractions], path);
      case 'boolean':
        return random() < 0.5;
      case 'enum':
        return one(Object.values(definition.entries!));
      case 'literal':
        return one(definition.values!);
      case 'optional':
      case 'nullable':
      case 'nonoptional':
      case 'readonly':
        return value(definition.innerType!, path, level, name);
      case 'union':
        return definition.options!.some((option) => definitionOf(option).type === 'object')
          ? value(one(definition.options!), path, level, name)
          : fitting(part, [...quantities, ...integers], path);
      case 'pipe':
        return value(definition.in!, path, level, name);
      case 'lazy':
        return value(definition.getter!(), path, level, name);
      case 'unknown':
      case 'any':
        return one<unknown>([{}, { a: 1 }, [], 'text', 1, true]);
      default:
        throw new Error(`${path}: nothing is known to make for a schema of type ${definition.type}`);
    }
  }
  return value(schema, '', 0, '');
}
