import { cloneJson, isObject, type JsonObject } from '../object/json.ts';
import type { Schema } from './types.ts';

/**
 * Fills in the schema's defaults, in place: absent members get them, and so do members set to null where null is not
 * allowed. Objects that are themselves absent and have no default are not created.
 */
export function applyDefaults(schema: Schema, value: unknown): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items !== undefined) for (const item of value) applyDefaults(items, item);
    return;
  }
  if (!isObject(value)) return;
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    fillMember(value, name, member);
    if (value[name] !== undefined) applyDefaults(member, value[name]);
  }
  if (isObject(schema.additionalProperties)) {
    const memberSchema: Schema = schema.additionalProperties;
    for (const [name, member] of Object.entries(value))
      if (!Object.hasOwn(schema.properties ?? {}, name)) applyDefaults(memberSchema, member);
  }
}

function fillMember(value: JsonObject, name: string, schema: Schema): void {
  const current = value[name];
  const dropNull = current === null && schema.nullable !== true;
  if (schema.default === undefined) return;
  if (current === undefined || dropNull) value[name] = cloneJson(schema.default);
}
