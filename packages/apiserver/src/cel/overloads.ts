import type { Budget } from './budget.ts';
import { parseType, splitTypes, type CelType } from './types.ts';
import {
  Duration,
  isList,
  isMap,
  isOpaque,
  Optional,
  Timestamp,
  TypeName,
  Uint,
  type CelValue,
} from './values.ts';

/** What a function does. @throws CelFault */
export type Implementation = (args: readonly CelValue[], budget: Budget) => CelValue;

/** One form of a function: how it is called, of which types, and what it does. */
export interface Overload {
  /** True if it is called on a value: `'a'.size()`. The value is then the first argument. */
  readonly member: boolean;
  readonly params: readonly CelType[];
  readonly result: CelType;
  /** Names of the type parameters. */
  readonly generic: readonly string[];
  readonly call: Implementation;
}

/** Functions by name. */
export type Functions = ReadonlyMap<string, readonly Overload[]>;

/** Functions of one library: the forms of each by signature, such as `string.(string) bool` or `(int) string`. */
export type LibrarySource = Readonly<Record<string, Readonly<Record<string, Implementation>>>>;

/** Makes the functions of several libraries into one table. */
export function functionsOf(libraries: readonly LibrarySource[]): Functions {
  const table = new Map<string, Overload[]>();
  for (const library of libraries)
    for (const [name, forms] of Object.entries(library)) {
      const overloads = table.get(name) ?? [];
      for (const [signature, call] of Object.entries(forms)) overloads.push(parseSignature(signature, call));
      table.set(name, overloads);
    }
  return table;
}

function parseSignature(signature: string, call: Implementation): Overload {
  const member = /^(.*?)\.(\(.*)$/.exec(signature);
  const rest = member?.[2] ?? signature;
  const end = closing(rest);
  const params = splitTypes(rest.slice(1, end)).map(parseType);
  const receiver = member?.[1];
  const all = receiver === undefined ? params : [parseType(receiver), ...params];
  const result = parseType(rest.slice(end + 1));
  return {
    member: receiver !== undefined,
    params: all,
    result,
    generic: [...new Set([...all, result].flatMap(parameterNames))],
    call,
  };
}

function closing(text: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '(') depth += 1;
    else if (text[index] === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return text.length;
}

function parameterNames(type: CelType): string[] {
  switch (type.kind) {
    case 'param':
      return [type.name];
    case 'list':
      return parameterNames(type.element);
    case 'map':
      return [...parameterNames(type.key), ...parameterNames(type.value)];
    case 'opaque':
      return type.parameters.flatMap(parameterNames);
    default:
      return [];
  }
}

/** Whether a value may be given where a type is asked for, as far as it shows without looking into lists and maps. */
export function accepts(type: CelType, value: CelValue): boolean {
  switch (type.kind) {
    case 'dyn':
    case 'error':
    case 'param':
      return true;
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return typeof value === 'bigint';
    case 'double':
      return typeof value === 'number';
    case 'string':
      return typeof value === 'string';
    case 'null':
      return value === null;
    case 'uint':
      return value instanceof Uint;
    case 'bytes':
      return value instanceof Uint8Array;
    case 'timestamp':
      return value instanceof Timestamp;
    case 'duration':
      return value instanceof Duration;
    case 'type':
      return value instanceof TypeName;
    case 'list':
      return isList(value);
    case 'map':
    case 'object':
      return isMap(value);
    case 'opaque':
      return type.name === 'optional_type'
        ? value instanceof Optional
        : isOpaque(value) && value.type === type.name;
  }
}
