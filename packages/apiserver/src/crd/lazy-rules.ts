// The rules of custom resources. Their library is loaded when a definition that has rules, or an object of one, is first
// written: most control planes never need it.
import { isObject } from '../object/json.ts';
import type { ObjectRules } from '../registry/definition.ts';
import type { Schema } from '../schema/types.ts';

/** The rules of a schema, compiled when they are first asked for; undefined if it has none. */
export function lazyRules(schema: Schema): () => Promise<ObjectRules | undefined> {
  let rules: Promise<ObjectRules | undefined> | undefined;
  return () => (rules ??= load(schema));
}

async function load(schema: Schema): Promise<ObjectRules | undefined> {
  if (!someSchema(schema, hasOwnRules)) return undefined;
  const { compileRules, validateRules } = await import('../cel/rules.ts');
  const tree = compileRules(schema);
  return tree === undefined
    ? undefined
    : (object, old, warnings) => validateRules(tree, object, old, warnings);
}

/** True if a schema has rules about the values that it describes itself. */
export function hasOwnRules(schema: Schema): boolean {
  return (schema['x-kubernetes-validations'] ?? []).length > 0;
}

/** Whether something holds of a schema or of a schema within it. */
export function someSchema(schema: Schema, holds: (schema: Schema) => boolean): boolean {
  if (holds(schema)) return true;
  const { items, additionalProperties, properties, allOf } = schema;
  return (
    (items !== undefined && someSchema(items, holds)) ||
    (isObject(additionalProperties) && someSchema(additionalProperties, holds)) ||
    Object.values(properties ?? {}).some((member) => someSchema(member, holds)) ||
    (allOf ?? []).some((part) => someSchema(part, holds))
  );
}
