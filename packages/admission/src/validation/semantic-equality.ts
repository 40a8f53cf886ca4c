import { Quantity } from '@virtkit/core-types';
import type * as z from 'zod';

/** The parts of zod's schema description that lead to nested schemas. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
}

/**
 * Equality as KubeVirt's admission means it: quantities are compared by value; null, an empty list, an empty map and an empty
 * string are as good as absent. An empty object that is no map is present: `disk: {}` is not the same as no disk.
 */
export function semanticallyEqual(schema: z.ZodType, a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const definition = schema.def as Definition;
  if (definition.innerType !== undefined) return semanticallyEqual(definition.innerType, a, b);
  const map = definition.valueType !== undefined;
  const [absentA, absentB] = [isAbsent(a, map), isAbsent(b, map)];
  if (absentA || absentB) return absentA && absentB;
  if (isQuantity(schema, definition)) return quantitiesEqual(a, b);
  if (Array.isArray(a)) return Array.isArray(b) && listsEqual(definition.element, a, b);
  if (!isRecord(a) || !isRecord(b)) return false;
  return recordsEqual(definition, a, b);
}

function isAbsent(value: unknown, map: boolean): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return map && isRecord(value) && Object.keys(value).length === 0;
}

/** Ports and percentages have the same mark as quantities, but take words. */
function isQuantity(schema: z.ZodType, { options }: Definition): boolean {
  return (
    schema.meta()?.['x-kubernetes-int-or-string'] === true &&
    options?.every((option) => !option.safeParse('word').success) === true
  );
}

function quantitiesEqual(a: unknown, b: unknown): boolean {
  return isAmount(a) && isAmount(b) && Quantity.parse(a).equals(Quantity.parse(b));
}

function isAmount(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function listsEqual(element: z.ZodType | undefined, a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => valuesEqual(element, item, b[index]));
}

function recordsEqual(
  { shape, valueType }: Definition,
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Array.from(keys).every((key) => {
    // In a map an empty value is a value.
    if (valueType !== undefined && (a[key] === undefined) !== (b[key] === undefined)) return false;
    const member = shape !== undefined && Object.hasOwn(shape, key) ? shape[key] : valueType;
    return valuesEqual(member, a[key], b[key]);
  });
}

/** What no schema describes is compared as it is. */
function valuesEqual(schema: z.ZodType | undefined, a: unknown, b: unknown): boolean {
  if (schema !== undefined) return semanticallyEqual(schema, a, b);
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && listsEqual(undefined, a, b);
  return isRecord(a) && isRecord(b) && recordsEqual({ type: 'unknown' }, a, b);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
