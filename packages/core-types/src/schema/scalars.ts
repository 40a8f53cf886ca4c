import * as z from 'zod';
import { isRecord } from '../patch/json.ts';
import { apiObject } from './object.ts';

/** A set-like or map-like list tells server-side apply how to merge it; the API server enforces unique keys. */
const listType = 'x-kubernetes-list-type';

/** A list without declared merge behaviour. */
export function list<T extends z.ZodType>(item: T): z.ZodArray<T> {
  return z.array(item);
}

/** A list that is always replaced as a whole. */
export function atomicList<T extends z.ZodType>(item: T): z.ZodArray<T> {
  return z.array(item).meta({ [listType]: 'atomic' });
}

/** A list of unique scalars. */
export function setList<T extends z.ZodType>(item: T): z.ZodArray<T> {
  return withoutDuplicates(mergedSet(item), (value) => JSON.stringify(value));
}

/** A list of objects that are unique by `keys`. */
export function mapList<T extends z.ZodType>(item: T, keys: readonly string[]): z.ZodArray<T> {
  return withoutDuplicates(mergedMap(item, keys), (value) =>
    isRecord(value) ? JSON.stringify(keys.map((key) => value[key])) : undefined,
  );
}

/** A list of scalars of a built-in kind: server-side apply merges it as a set, yet duplicates are admitted. */
export function mergedSet<T extends z.ZodType>(item: T): z.ZodArray<T> {
  return z.array(item).meta({ [listType]: 'set' });
}

/** A list of objects of a built-in kind: server-side apply merges it by `keys`, yet duplicates are admitted. */
export function mergedMap<T extends z.ZodType>(item: T, keys: readonly string[]): z.ZodArray<T> {
  return z.array(item).meta({ [listType]: 'map', 'x-kubernetes-list-map-keys': keys });
}

/** As the API server does for lists of custom resources; items without an identity are left to their own schema. */
function withoutDuplicates<T extends z.ZodType>(
  list: z.ZodArray<T>,
  identify: (item: unknown) => string | undefined,
): z.ZodArray<T> {
  return list.check(({ value, issues }) => {
    const seen = new Set<string>();
    for (const [index, item] of value.entries()) {
      const identity = identify(item);
      if (identity === undefined) continue;
      if (seen.has(identity))
        issues.push({ code: 'custom', input: item, path: [index], message: 'is in the list already' });
      seen.add(identity);
    }
  });
}

/** A signed 32-bit integer. */
export function int32(): z.ZodInt32 {
  return z.int32().meta({ format: 'int32' });
}

/** A floating point number. */
export function double(): z.ZodNumber {
  return z.number().meta({ format: 'double' });
}

/** A 64-bit integer on the wire, restricted to what a JavaScript number holds exactly. */
export function int64(): z.ZodInt {
  return z.int().meta({ format: 'int64' });
}

/** An unsigned 32-bit integer. */
export function uint32(): z.ZodInt {
  return z.int().min(0).max(4_294_967_295).meta({ format: 'int64' });
}

/** An unsigned 8-bit integer. */
export function uint8(): z.ZodInt {
  return z.int().min(0).max(255).meta({ format: 'int32' });
}

/**
 * A string whose known values are listed for editors but not enforced: what an unknown value means is decided by
 * admission or by the controller that reads it, with a message of its own.
 */
export function openEnum<const V extends string>(
  _known: readonly V[],
): z.ZodType<V | (string & Record<never, never>)> {
  return z.string();
}

const quantityPattern = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,3})?$/;

/**
 * A Kubernetes quantity as written, a string such as `1.5Gi` or a bare whole number: custom resources admit no other
 * numbers. Arithmetic is in `Quantity`.
 */
export function quantity(): z.ZodUnion<readonly [z.ZodString, z.ZodInt]> {
  return z
    .union([z.string().regex(quantityPattern, 'not a quantity'), z.int()])
    .meta({ 'x-kubernetes-int-or-string': true });
}

/** A quantity in a built-in kind, where it can be any number too. */
export function builtInQuantity(): z.ZodUnion<readonly [z.ZodString, z.ZodNumber]> {
  return z
    .union([z.string().regex(quantityPattern, 'not a quantity'), z.number()])
    .meta({ 'x-kubernetes-int-or-string': true });
}

/** A port number or name, or a count or percentage. */
export function intOrString(): z.ZodUnion<readonly [z.ZodString, z.ZodInt]> {
  return z.union([z.string(), z.int()]).meta({ 'x-kubernetes-int-or-string': true });
}

/** A time stamp as in RFC 3339, with any number of fractional digits. */
export function time(): z.ZodISODateTime {
  return z.iso.datetime({ offset: true });
}

/** A duration as Go writes it, for example `1h30m`. Arithmetic is in `Duration`. */
export function duration(): z.ZodString {
  return z.string();
}

/** An object without fields whose presence is the setting. */
export function presence() {
  return apiObject('Present means on; there is nothing to set.', {});
}

/** Free-form JSON that the API server keeps as it is. */
export function freeForm(description: string) {
  return z
    .record(z.string(), z.unknown())
    .describe(description)
    .meta({ 'x-kubernetes-preserve-unknown-fields': true });
}
