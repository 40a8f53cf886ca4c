import { cloneJson, isObject, type JsonObject } from '../object/json.ts';
import type { Schema } from './types.ts';

/** Where a schema has defaults: most parts of most schemas have none, and what they describe need not be walked through. */
interface Defaults {
  /** Members with a default of their own. */
  readonly own: (readonly [name: string, schema: Schema])[];
  /** Members in which something has a default. */
  readonly within: (readonly [name: string, schema: Schema])[];
  items: Schema | undefined;
  values: Schema | undefined;
  isEmpty: boolean;
}

const known = new WeakMap<Schema, Defaults>();

/**
 * Fills in the schema's defaults, in place: absent members get them, and so do members set to null where null is not
 * allowed. Objects that are themselves absent and have no default are not created.
 */
export function applyDefaults(schema: Schema, value: unknown): void {
  fill(defaultsOf(schema), schema, value);
}

function fill(defaults: Defaults, schema: Schema, value: unknown): void {
  if (defaults.isEmpty) return;
  const { items, values } = defaults;
  if (Array.isArray(value)) {
    if (items !== undefined) for (const item of value) applyDefaults(items, item);
    return;
  }
  if (!isObject(value)) return;
  for (const [name, member] of defaults.own) fillMember(value, name, member);
  for (const [name, member] of defaults.within)
    if (value[name] !== undefined) applyDefaults(member, value[name]);
  if (values === undefined) return;
  for (const [name, member] of Object.entries(value))
    if (!Object.hasOwn(schema.properties ?? {}, name)) applyDefaults(values, member);
}

function defaultsOf(schema: Schema): Defaults {
  const found = known.get(schema);
  if (found !== undefined) return found;
  // Until it is known, a schema that is a part of itself counts as one that has some.
  const defaults: Defaults = { own: [], within: [], items: undefined, values: undefined, isEmpty: false };
  known.set(schema, defaults);
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    if (member.default !== undefined) defaults.own.push([name, member]);
    if (!defaultsOf(member).isEmpty) defaults.within.push([name, member]);
  }
  const { items, additionalProperties } = schema;
  if (items !== undefined && !defaultsOf(items).isEmpty) defaults.items = items;
  if (isObject(additionalProperties) && !defaultsOf(additionalProperties).isEmpty)
    defaults.values = additionalProperties;
  defaults.isEmpty =
    defaults.own.length + defaults.within.length === 0 &&
    defaults.items === undefined &&
    defaults.values === undefined;
  return defaults;
}

function fillMember(value: JsonObject, name: string, schema: Schema): void {
  const current = value[name];
  const dropNull = current === null && schema.nullable !== true;
  if (current === undefined || dropNull) value[name] = cloneJson(schema.default);
}
