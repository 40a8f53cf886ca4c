import { isObject, type JsonObject } from '../object/json.ts';
import { canonicalQuantity } from '../object/quantity.ts';
import { checkFormat } from './format.ts';
import { matchesPattern } from './pattern.ts';
import type { Schema } from './types.ts';
import { memberPath } from './validate.ts';

/**
 * Brings an object of a built-in kind into the form in which it is kept, in place: null stands for "not set", so such
 * members are removed, and are empty where they are values of a map of texts; quantities are written in one way.
 * @returns what cannot be read at all, as text: a value of another type than the schema says, a text that is no quantity,
 * no time or no base64. `undefined` if there is no such thing.
 */
export function decode(schema: Schema, value: unknown, path = ''): string | undefined {
  const problem = problemOf(schema, value);
  if (problem !== undefined) return `${path === '' ? 'the object' : path} ${problem}`;
  if (Array.isArray(value)) return decodeItems(schema.items, value, path);
  return isObject(value) ? decodeMembers(schema, value, path) : undefined;
}

function decodeItems(schema: Schema | undefined, items: unknown[], path: string): string | undefined {
  for (const [index, item] of items.entries()) {
    if (item === null && schema?.type === 'string') items[index] = '';
    else {
      const problem = decode(schema ?? {}, item, `${path}[${index}]`);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function decodeMembers(schema: Schema, object: JsonObject, path: string): string | undefined {
  const values: Schema = isObject(schema.additionalProperties) ? schema.additionalProperties : {};
  for (const [name, member] of Object.entries(object)) {
    const known = schema.properties !== undefined && Object.hasOwn(schema.properties, name);
    const memberSchema = known ? (schema.properties?.[name] ?? {}) : values;
    // In memory a member can also be there without a value.
    if (member === undefined) Reflect.deleteProperty(object, name);
    else if (member === null) {
      if (!known && values.type === 'string') object[name] = '';
      else Reflect.deleteProperty(object, name);
    } else {
      const problem = decode(memberSchema, member, memberPath(path, name));
      if (problem !== undefined) return problem;
      if (isQuantity(memberSchema)) object[name] = canonicalQuantity(member);
    }
  }
  return undefined;
}

/** True for the schema of a quantity: of what may be a number or a text it is the one with a pattern. */
function isQuantity(schema: Schema): boolean {
  return schema['x-kubernetes-int-or-string'] === true && schema.pattern !== undefined;
}

function problemOf(schema: Schema, value: unknown): string | undefined {
  const { type, format, pattern } = schema;
  if (schema['x-kubernetes-int-or-string'] === true) {
    const number = typeof value === 'number' && (pattern !== undefined || Number.isInteger(value));
    if (!number && typeof value !== 'string') return `must be a number or a string, not ${shown(value)}`;
    return pattern !== undefined && typeof value === 'string' && matchesPattern(pattern, value) === false
      ? `must be a quantity, such as 500m or 2Gi, not ${shown(value)}`
      : undefined;
  }
  if (type !== undefined && !isOfType(type, value)) return `must be of type ${type}, not ${shown(value)}`;
  if (format === 'int32' && typeof value === 'number' && Math.abs(value + 0.5) > 2 ** 31)
    return `must fit into 32 bits, not ${shown(value)}`;
  if (typeof value !== 'string' || value === '') return undefined;
  if (format === 'byte' && !checkFormat(format, value.replaceAll(/[\r\n]/g, ''))) return 'must be base64';
  if (format === 'date-time' && !checkFormat(format, value))
    return `must be an RFC 3339 time, not ${shown(value)}`;
  return undefined;
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  // The other types of JSON Schema are called as in JavaScript.
  return typeof value === type;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'an object';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
