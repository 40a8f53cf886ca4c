import type { Schema } from './types.ts';

/** Members of a described object. */
export type Fields = Record<string, Schema>;

/** A string. */
export function str(description = '', more: Schema = {}): Schema {
  return { ...described(description), type: 'string', ...more };
}

/** A 32-bit integer. */
export function int(description = '', more: Schema = {}): Schema {
  return { ...described(description), type: 'integer', format: 'int32', ...more };
}

/** A 64-bit integer. */
export function long(description = '', more: Schema = {}): Schema {
  return { ...described(description), type: 'integer', format: 'int64', ...more };
}

/** A boolean. */
export function bool(description = '', more: Schema = {}): Schema {
  return { ...described(description), type: 'boolean', ...more };
}

/** An RFC 3339 time. */
export function time(description = ''): Schema {
  return { ...described(description), type: 'string', format: 'date-time' };
}

/** A port by number or name, or another value that is a number or a string. */
export function intOrString(description = ''): Schema {
  return named('io.k8s.apimachinery.pkg.util.intstr.IntOrString', {
    ...described(description),
    'x-kubernetes-int-or-string': true,
  });
}

/** A resource quantity such as `500m` or `2Gi`; plain numbers are accepted. */
export function quantity(description = ''): Schema {
  return named('io.k8s.apimachinery.pkg.api.resource.Quantity', {
    ...described(description),
    'x-kubernetes-int-or-string': true,
    pattern:
      '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$',
  });
}

/** An object with a fixed set of members: an unknown one is reported by strict field validation. */
export function obj(description: string, properties: Fields, required: readonly string[] = []): Schema {
  return { ...described(description), type: 'object', properties, ...(required.length > 0 && { required }) };
}

/** A named object schema: published once in the OpenAPI documents and referred to from everywhere. */
export function named(definitionName: string, schema: Schema): Schema {
  return { ...schema, definitionName };
}

/** An object of any shape. */
export function open(description = ''): Schema {
  return { ...described(description), type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
}

/** A map from strings to values of one schema. */
export function map(values: Schema, description = ''): Schema {
  return { ...described(description), type: 'object', additionalProperties: values };
}

/** A list that a strategic merge patch replaces as a whole. */
export function list(items: Schema, description = ''): Schema {
  return { ...described(description), type: 'array', items, 'x-kubernetes-list-type': 'atomic' };
}

/**
 * A list of objects that a strategic merge patch merges by a key member.
 * @param keys the members by which owners of elements tell them apart; the merge key unless given.
 */
export function mergeList(
  items: Schema,
  mergeKey: string,
  description = '',
  keys: readonly string[] = [mergeKey],
): Schema {
  return {
    ...described(description),
    type: 'array',
    items,
    'x-kubernetes-patch-strategy': 'merge',
    'x-kubernetes-patch-merge-key': mergeKey,
    // Said only where it is not the merge key: lists of built-in kinds may have elements twice.
    ...(keys.length > 1 && { 'x-kubernetes-list-map-keys': keys }),
  };
}

/** An object that is owned as a whole, however many members it has. */
export function atomic(schema: Schema): Schema {
  return { ...schema, 'x-kubernetes-map-type': 'atomic' };
}

/** A list that a strategic merge patch replaces as a whole, but whose elements are owned one by one. */
export function keyedList(items: Schema, keys: readonly string[], description = ''): Schema {
  return {
    ...list(items, description),
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': keys,
  };
}

/** A list of plain values that a strategic merge patch treats as a set. */
export function mergeSet(items: Schema, description = ''): Schema {
  return { ...described(description), type: 'array', items, 'x-kubernetes-patch-strategy': 'merge' };
}

function described(description: string): Schema {
  return description === '' ? {} : { description };
}
