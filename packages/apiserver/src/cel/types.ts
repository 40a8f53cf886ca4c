/** A type of CEL, as its checker knows it. */
export type CelType =
  | { readonly kind: Simple }
  | { readonly kind: 'list'; readonly element: CelType }
  | { readonly kind: 'map'; readonly key: CelType; readonly value: CelType }
  | ObjectType
  | { readonly kind: 'opaque'; readonly name: string; readonly parameters: readonly CelType[] }
  | { readonly kind: 'type' }
  | { readonly kind: 'param'; readonly name: string };

/** Types without parameters. `error` is the type of what did not check, so that one mistake is reported once. */
type Simple =
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'null'
  | 'timestamp'
  | 'duration'
  | 'dyn'
  | 'error';

/** An object with known members; members are added after creation because a schema may be large. */
export interface ObjectType {
  readonly kind: 'object';
  readonly name: string;
  readonly fields: Map<string, CelType>;
}

/** Types by the names that signatures use. */
export const SIMPLE: Readonly<Record<Simple, CelType>> = {
  bool: { kind: 'bool' },
  int: { kind: 'int' },
  uint: { kind: 'uint' },
  double: { kind: 'double' },
  string: { kind: 'string' },
  bytes: { kind: 'bytes' },
  null: { kind: 'null' },
  timestamp: { kind: 'timestamp' },
  duration: { kind: 'duration' },
  dyn: { kind: 'dyn' },
  error: { kind: 'error' },
};

const OPTIONAL = 'optional_type';

/** A list of one element type. */
export function listOf(element: CelType): CelType {
  return { kind: 'list', element };
}

/** A map. */
export function mapOf(key: CelType, value: CelType): CelType {
  return { kind: 'map', key, value };
}

/** A value that may be absent. */
export function optionalOf(value: CelType): CelType {
  return { kind: 'opaque', name: OPTIONAL, parameters: [value] };
}

/** The type within an optional, or undefined for any other type. */
export function optionalContent(type: CelType): CelType | undefined {
  return type.kind === 'opaque' && type.name === OPTIONAL ? type.parameters[0] : undefined;
}

/** The name of a type in messages: `list(string)`, `map(string, int)`. */
export function typeText(type: CelType): string {
  switch (type.kind) {
    case 'list':
      return `list(${typeText(type.element)})`;
    case 'map':
      return `map(${typeText(type.key)}, ${typeText(type.value)})`;
    case 'object':
    case 'param':
      return type.name;
    case 'opaque':
      return type.parameters.length === 0
        ? type.name
        : `${type.name}(${type.parameters.map(typeText).join(', ')})`;
    case 'error':
      return '!error!';
    default:
      return type.kind;
  }
}

/** True if both are the same type, parameters included. */
export function sameType(a: CelType, b: CelType): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'list':
      return b.kind === 'list' && sameType(a.element, b.element);
    case 'map':
      return b.kind === 'map' && sameType(a.key, b.key) && sameType(a.value, b.value);
    case 'object':
    case 'param':
      return (b.kind === 'object' || b.kind === 'param') && a.name === b.name;
    case 'opaque':
      return (
        b.kind === 'opaque' &&
        a.name === b.name &&
        a.parameters.length === b.parameters.length &&
        a.parameters.every((parameter, index) => sameType(parameter, b.parameters[index] ?? SIMPLE.error))
      );
    default:
      return true;
  }
}

/** Parses the type text of a signature: `list(T)`, `map(string, dyn)`, `optional(T)`, `net.IP`; one capital is a parameter. */
export function parseType(text: string): CelType {
  const match = /^([\w.]+)(?:\((.*)\))?$/.exec(text.trim());
  const name = match?.[1] ?? '';
  const inner = match?.[2] === undefined ? [] : splitTypes(match[2]).map(parseType);
  const [first = SIMPLE.dyn, second = SIMPLE.dyn] = inner;
  if (name === 'list') return listOf(first);
  if (name === 'map') return mapOf(first, second);
  if (name === 'optional') return optionalOf(first);
  if (name === 'type') return { kind: 'type' };
  if (Object.hasOwn(SIMPLE, name)) return SIMPLE[name as Simple];
  if (/^[A-Z]$/.test(name)) return { kind: 'param', name };
  return { kind: 'opaque', name, parameters: inner };
}

/** Splits `a, map(b, c)` at the commas outside of parentheses. */
export function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  const last = text.slice(start).trim();
  return last === '' ? parts : [...parts, last];
}
