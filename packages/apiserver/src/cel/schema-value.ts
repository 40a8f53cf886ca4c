import { equalJson, isObject, type JsonObject } from '../object/json.ts';
import type { Schema } from '../schema/types.ts';
import { CelFault } from './errors.ts';
import { escapeName, unescapeName } from './escape.ts';
import { withObjectMeta } from './schema-type.ts';
import { parseObjectDuration, parseTimestamp } from './library/time.ts';
import {
  elements,
  equal,
  isMap,
  show,
  typeName,
  type CelList,
  type CelMap,
  type CelValue,
  type Duration,
  type Timestamp,
} from './values.ts';
import { jsonWeight } from './work.ts';

/** A part of an object as expressions see it, by its schema. @throws CelFault if the part does not have the schema's type */
export function schemaValue(value: unknown, schema: Schema): CelValue {
  if (value === null) {
    if (schema.nullable === true) return null;
    throw new CelFault('invalid data, got null for schema with nullable=false');
  }
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (typeof value === 'string') return value;
    if (Number.isInteger(value)) return BigInt(value as number);
    throw new CelFault('invalid data, expected XIntOrString value to be either a string or integer');
  }
  switch (schema.type) {
    case 'object':
      if (!isObject(value))
        throw new CelFault('invalid data, expected a map for the provided schema with type=object');
      return new SchemaMap(
        value,
        schema['x-kubernetes-embedded-resource'] === true ? withObjectMeta(schema) : schema,
      );
    case 'array':
      if (!Array.isArray(value))
        throw new CelFault('invalid data, expected an array for the provided schema with type=array');
      return listValue(value, schema);
    case 'string':
      if (typeof value !== 'string') throw unexpected('string', value);
      return stringValue(value, schema.format);
    case 'number':
      if (typeof value !== 'number') throw unexpected('float', value);
      return value;
    case 'integer':
      if (!Number.isInteger(value)) throw unexpected('int', value);
      return BigInt(value as number);
    case 'boolean':
      if (typeof value !== 'boolean') throw unexpected('bool', value);
      return value;
    default:
      return new Unseen(value);
  }
}

function unexpected(expected: string, value: unknown): CelFault {
  return new CelFault(`invalid data, expected ${expected}, got ${typeof value}`);
}

function stringValue(text: string, format: string | undefined): string | Uint8Array | Duration | Timestamp {
  switch (format) {
    case 'duration':
      return parsed(parseObjectDuration(text), `Invalid duration ${text}`);
    case 'date':
      return parsed(parseTimestamp(`${text}T00:00:00Z`), `Invalid date formatted string ${text}`);
    case 'date-time':
      return parsed(
        parseTimestamp(text.replace(/^(\S+)[ t]/, '$1T')),
        `Invalid date-time formatted string ${text}`,
      );
    case 'byte':
      return Buffer.from(text, 'base64');
    default:
      return text;
  }
}

function parsed<T>(value: T | undefined, fault: string): T {
  if (value === undefined) throw new CelFault(fault);
  return value;
}

/** What has no type that expressions know: it can be compared as a part of something else, no more. */
class Unseen {
  readonly kind = 'opaque';
  readonly type = 'unknown';
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }

  equals(other: { readonly type: string }): boolean {
    return other instanceof Unseen && equalJson(this.value, other.value);
  }

  weight(most: number): number {
    return jsonWeight(this.value, most);
  }
}

/** An object with a schema: its members by name, or of one kind. */
class SchemaMap implements CelMap {
  readonly kind = 'map';
  readonly #members: JsonObject;
  readonly #schema: Schema;
  readonly #converted = new Map<string, CelValue>();

  constructor(members: JsonObject, schema: Schema) {
    this.#members = members;
    this.#schema = schema;
  }

  get size(): number {
    return Object.keys(this.#members).length;
  }

  get(key: CelValue): CelValue | undefined {
    if (typeof key !== 'string') throw new CelFault('no such overload');
    const known = this.#converted.get(key);
    if (known !== undefined) return known;
    const { properties } = this.#schema;
    const name = properties === undefined ? key : unescapeName(key);
    if (name === undefined || !Object.hasOwn(this.#members, name)) return undefined;
    const value = this.#members[name];
    const schema = this.#memberSchema(name);
    // A member that is null counts as absent in an object, but not in a map.
    if (value === undefined || schema === undefined || (value === null && properties !== undefined))
      return undefined;
    const converted = schemaValue(value, schema);
    this.#converted.set(key, converted);
    return converted;
  }

  *keys(): Generator<string> {
    for (const name of Object.keys(this.#members)) {
      if (this.#memberSchema(name) === undefined) continue;
      yield this.#schema.properties === undefined ? name : (escapeName(name) ?? name);
    }
  }

  equals(other: CelMap): boolean {
    for (const [name, value] of Object.entries(this.#members)) {
      if (this.#memberSchema(name) === undefined) {
        if (other instanceof SchemaMap && !other.#agrees(name, value)) return false;
        continue;
      }
      const key = this.#schema.properties === undefined ? name : (escapeName(name) ?? name);
      const [mine, theirs] = [this.get(key), other.get(key)];
      if (mine === undefined || theirs === undefined) {
        if (mine !== theirs) return false;
      } else if (!equal(mine, theirs)) return false;
    }
    return true;
  }

  weight(most: number): number {
    return jsonWeight(this.#members, most);
  }

  #agrees(name: string, value: unknown): boolean {
    return !Object.hasOwn(this.#members, name) || equalJson(this.#members[name], value);
  }

  #memberSchema(name: string): Schema | undefined {
    const { properties, additionalProperties } = this.#schema;
    if (properties !== undefined) return Object.hasOwn(properties, name) ? properties[name] : undefined;
    return isObject(additionalProperties) ? additionalProperties : undefined;
  }
}

function listValue(items: readonly unknown[], schema: Schema): CelList {
  const itemSchema = schema.items;
  if (itemSchema === undefined)
    throw new CelFault('invalid array type, expected Items with a non-empty Schema');
  const converted = items.map((): CelValue | undefined => undefined);
  const at = (index: number): CelValue => (converted[index] ??= schemaValue(items[index], itemSchema));
  const identity = identityOf(schema);
  return identity === undefined
    ? { kind: 'list', size: items.length, at }
    : new KeyedList(items.length, at, identity);
}

/** What tells the elements of a list apart in which the order does not matter. */
function identityOf(schema: Schema): ((element: CelValue) => string) | undefined {
  const type = schema['x-kubernetes-list-type'];
  if (type === 'set') return scalarIdentity;
  if (type !== 'map') return undefined;
  const keys = (schema['x-kubernetes-list-map-keys'] ?? []).map((key) => escapeName(key) ?? key);
  return (element) =>
    keys
      .map((key) => (isMap(element) ? element.get(key) : undefined))
      .map((value) => (value === undefined ? '' : scalarIdentity(value)))
      .join('\0');
}

function scalarIdentity(value: CelValue): string {
  return `${typeName(value)} ${show(value)}`;
}

/** A list of x-kubernetes-list-type set or map: without order, and `+` merges. */
class KeyedList implements CelList {
  readonly kind = 'list';
  readonly size: number;
  readonly at: (index: number) => CelValue;
  readonly #identity: (element: CelValue) => string;

  constructor(size: number, at: (index: number) => CelValue, identity: (element: CelValue) => string) {
    this.size = size;
    this.at = at;
    this.#identity = identity;
  }

  equals(other: CelList): boolean {
    const mine = new Map([...elements(this)].map((element) => [this.#identity(element), element]));
    for (const element of elements(other)) {
      const match = mine.get(this.#identity(element));
      if (match === undefined || !equal(match, element)) return false;
    }
    return true;
  }

  plus(other: CelList): CelList {
    const merged = new Map([...elements(this)].map((element) => [this.#identity(element), element]));
    for (const element of elements(other)) merged.set(this.#identity(element), element);
    const all = [...merged.values()];
    return new KeyedList(all.length, (index) => all[index] ?? null, this.#identity);
  }
}
