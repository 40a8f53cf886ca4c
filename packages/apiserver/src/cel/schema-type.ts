import { isObject } from '../object/json.ts';
import type { Schema } from '../schema/types.ts';
import { escapeName } from './escape.ts';
import { listOf, mapOf, SIMPLE, type CelType, type ObjectType } from './types.ts';

const STRING_FORMATS: Readonly<Record<string, CelType>> = {
  byte: SIMPLE.bytes,
  duration: SIMPLE.duration,
  date: SIMPLE.timestamp,
  'date-time': SIMPLE.timestamp,
};

const META: Schema = {
  type: 'object',
  properties: { name: { type: 'string' }, generateName: { type: 'string' } },
};

/** The schema of a whole object as expressions see it: its kind, apiVersion and names are there even if nobody wrote them. */
export function withObjectMeta(schema: Schema): Schema {
  const { kind, apiVersion, metadata } = schema.properties ?? {};
  const names = metadata?.properties;
  const complete =
    kind?.type === 'string' &&
    apiVersion?.type === 'string' &&
    metadata?.type === 'object' &&
    names?.name?.type === 'string' &&
    names.generateName?.type === 'string';
  if (complete) return schema;
  return {
    ...schema,
    properties: {
      ...schema.properties,
      kind: { type: 'string' },
      apiVersion: { type: 'string' },
      metadata: META,
    },
  };
}

/**
 * The type that a schema gives values in expressions.
 * @param root true for a whole object, such as a custom resource or an embedded one.
 * @param name the name of the type if it is an object; those of its members follow from it.
 * @returns undefined where a value has no schema, so that expressions do not see it
 */
export function schemaType(schema: Schema, root: boolean, name: string): CelType | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) return SIMPLE.dyn;
  const seen = root ? withObjectMeta(schema) : schema;
  switch (seen.type) {
    case 'array': {
      const element = seen.items === undefined ? undefined : childType(seen.items, `${name}.@idx`);
      return element === undefined ? undefined : listOf(element);
    }
    case 'object':
      return objectOrMap(seen, name);
    case 'string':
      return STRING_FORMATS[seen.format ?? ''] ?? SIMPLE.string;
    case 'boolean':
      return SIMPLE.bool;
    case 'number':
      return SIMPLE.double;
    case 'integer':
      return SIMPLE.int;
    default:
      return undefined;
  }
}

function childType(schema: Schema, name: string): CelType | undefined {
  return schemaType(schema, schema['x-kubernetes-embedded-resource'] === true, name);
}

function objectOrMap(schema: Schema, name: string): CelType | undefined {
  if (isObject(schema.additionalProperties)) {
    const value = childType(schema.additionalProperties, `${name}.@elem`);
    return value === undefined ? undefined : mapOf(SIMPLE.string, value);
  }
  const type: ObjectType = { kind: 'object', name, fields: new Map() };
  for (const [member, memberSchema] of Object.entries(schema.properties ?? {})) {
    const escaped = escapeName(member);
    if (escaped === undefined) continue;
    const field = childType(memberSchema, `${name}.${escaped}`);
    if (field !== undefined) type.fields.set(escaped, field);
  }
  return type;
}
