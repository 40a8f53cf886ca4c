import { isObject } from '../object/json.ts';
import { OBJECT_META } from '../kinds/schemas/meta.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { str } from '../schema/dsl.ts';
import type { Schema } from '../schema/types.ts';

/** Types of values without parts; `untyped` takes any of them. */
export type Scalar = 'string' | 'numeric' | 'boolean' | 'untyped';

/** How a list is owned: as a whole, or by its elements. */
export interface ListShape {
  readonly atomic: boolean;
  /** Members that identify an element; none for a set of plain values. */
  readonly keys: readonly string[];
  readonly items: Shape;
}

/** How an object is owned: as a whole, or by its members. */
export interface MapShape {
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, Shape>;
  /** The shape of members that are not listed; absent if there must be none. */
  readonly elements: Shape | undefined;
}

/** What fields consist of, derived from a schema: which of these a value is, the value says. */
export interface Shape {
  readonly scalar?: Scalar;
  readonly list?: ListShape;
  readonly map?: MapShape;
  /** Value that stands for an absent member where the member identifies an element of a list. */
  readonly keyDefault?: unknown;
}

const NO_MEMBERS: ReadonlyMap<string, Shape> = new Map();

/** Values of which nothing is known and that are owned as a whole. */
const UNTYPED: Shape = untyped();

/** Values of which nothing is known: objects are owned by their members, lists as a whole. */
export const DEDUCED: Shape = deduced();

function untyped(): Shape {
  const shape: { -readonly [K in keyof Shape]: Shape[K] } = { scalar: 'untyped' };
  shape.list = { atomic: true, keys: [], items: shape };
  shape.map = { atomic: true, fields: NO_MEMBERS, elements: shape };
  return shape;
}

function deduced(): Shape {
  const shape: { -readonly [K in keyof Shape]: Shape[K] } = { scalar: 'untyped' };
  shape.list = { atomic: true, keys: [], items: UNTYPED };
  shape.map = { atomic: false, fields: NO_MEMBERS, elements: shape };
  return shape;
}

const shapes = new WeakMap<Schema, Shape>();

/** The shape of the objects of a resource, in the version of the definition. */
export function shapeOf(definition: ResourceDefinition): Shape {
  const { schema } = definition;
  if (schema === undefined) return DEDUCED;
  let shape = shapes.get(schema);
  if (shape === undefined) {
    shape = toShape(asObject(schema), { preserves: false, isStructure: definition.origin === 'builtin' });
    shapes.set(schema, shape);
  }
  return shape;
}

/** A schema that has what every object has: its type and metadata. */
function asObject(schema: Schema): Schema {
  return {
    ...schema,
    type: 'object',
    properties: { ...schema.properties, apiVersion: str(), kind: str(), metadata: OBJECT_META },
  };
}

/** What a schema inherits from those above it. */
interface Context {
  /** Members that no schema lists are kept. */
  readonly preserves: boolean;
  /** Described by a structure of Go: required members are never absent, but empty. */
  readonly isStructure: boolean;
}

function toShape(schema: Schema, above: Context): Shape {
  const context = {
    preserves: above.preserves || schema['x-kubernetes-preserve-unknown-fields'] === true,
    isStructure: above.isStructure || schema === OBJECT_META,
  };
  const own = schema['x-kubernetes-embedded-resource'] === true ? asObject(schema) : schema;
  const shape = bareShape(own, context);
  return schema.default === undefined ? shape : { ...shape, keyDefault: schema.default };
}

function bareShape(schema: Schema, context: Context): Shape {
  if (schema['x-kubernetes-int-or-string'] === true)
    return { scalar: 'untyped', list: listShape(schema, context), map: mapShape(schema, context) };
  switch (schema.type) {
    case 'object':
      return { map: mapShape(schema, context) };
    case 'array':
      return { list: listShape(schema, context) };
    case 'integer':
    case 'number':
      return { scalar: 'numeric' };
    case 'boolean':
      return { scalar: 'boolean' };
    case 'string':
      return { scalar: schema.format === undefined || schema.format === 'byte' ? 'string' : 'untyped' };
    default:
      return { scalar: 'untyped', list: listShape(schema, context), map: mapShape(schema, context) };
  }
}

function mapShape(schema: Schema, context: Context): MapShape {
  const members = Object.entries(schema.properties ?? {});
  return {
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
    fields: new Map(members.map(([name, member]) => [name, memberOf(schema, name, member, context)])),
    elements: elementShape(schema, context, members.length),
  };
}

function memberOf({ required }: Schema, name: string, member: Schema, context: Context): Shape {
  const shape = toShape(member, context);
  if (!context.isStructure || shape.keyDefault !== undefined || required?.includes(name) !== true)
    return shape;
  if (shape.scalar === 'string') return { ...shape, keyDefault: '' };
  return shape.scalar === 'numeric' ? { ...shape, keyDefault: 0 } : shape;
}

function elementShape(
  { additionalProperties }: Schema,
  context: Context,
  members: number,
): Shape | undefined {
  if (isObject(additionalProperties)) return toShape(additionalProperties, context);
  if (additionalProperties === true) return DEDUCED;
  if (additionalProperties === false) return undefined;
  return context.preserves || members === 0 ? DEDUCED : undefined;
}

function listShape(schema: Schema, context: Context): ListShape {
  const items = schema.items === undefined ? UNTYPED : toShape(schema.items, context);
  const type = schema['x-kubernetes-list-type'];
  const mergeKey = schema['x-kubernetes-patch-merge-key'];
  const keys = schema['x-kubernetes-list-map-keys'];
  if (type === 'map') return { atomic: false, keys: keys ?? [], items };
  if (type === 'set') return { atomic: false, keys: [], items };
  if (type === undefined && schema['x-kubernetes-patch-strategy']?.startsWith('merge') === true)
    return { atomic: false, keys: keys ?? (mergeKey === undefined ? [] : [mergeKey]), items };
  return { atomic: true, keys: [], items };
}

/** The shape of a member of an object. */
export function memberShape({ fields, elements }: MapShape, name: string): Shape | undefined {
  return fields.get(name) ?? elements;
}

/** Which part of a shape a value is; null may be any, and a value of another type is taken as the shape says. */
export function partOf(shape: Shape, value: unknown): Shape {
  if (value === undefined || value === null) return shape;
  if (Array.isArray(value)) return shape.list === undefined ? shape : { list: shape.list };
  if (isObject(value)) return shape.map === undefined ? shape : { map: shape.map };
  return shape.scalar === undefined ? shape : { scalar: shape.scalar };
}
