import type * as z from 'zod';
import { formatPointer } from '../patch/json-pointer.ts';
import { isRecord } from '../patch/json.ts';

/**
 * JSON pointers of the fields that a schema does not list, in document order. Parsing keeps such fields; this is for
 * callers that refuse or report them, such as admission and strict field validation.
 * Free-form parts of the schema have no unknown fields.
 */
export function unknownFields(schema: z.ZodType, value: unknown): string[] {
  const found: string[] = [];
  walk(schema, value, [], found);
  return found;
}

/** The parts of zod's schema description that lead to nested schemas. */
interface Definition {
  type: string;
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
  valueType?: z.ZodType;
  innerType?: z.ZodType;
}

function walk(schema: z.ZodType, value: unknown, at: (string | number)[], found: string[]): void {
  const definition = schema.def as Definition;
  if (definition.innerType) return walk(definition.innerType, value, at, found);
  if (definition.shape && isRecord(value)) return walkObject(schema, definition.shape, value, at, found);
  if (definition.element && Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(definition.element, item, [...at, index], found);
  } else if (definition.valueType && isRecord(value)) {
    for (const [key, item] of Object.entries(value)) walk(definition.valueType, item, [...at, key], found);
  }
}

function walkObject(
  schema: z.ZodType,
  shape: Record<string, z.ZodType>,
  value: Record<string, unknown>,
  at: (string | number)[],
  found: string[],
): void {
  const freeForm = schema.meta()?.['x-kubernetes-preserve-unknown-fields'] === true;
  for (const [key, item] of Object.entries(value)) {
    const member = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (member) walk(member, item, [...at, key], found);
    else if (!freeForm) found.push(formatPointer([...at, key]));
  }
}
