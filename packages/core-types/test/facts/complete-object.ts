import { fieldsOf, parseType, type FieldFacts } from './field-facts.ts';
import { narrowed, scalars, tied } from './samples.ts';

/** An object of `type` in which every field is set. `unknown` adds a field that no type has, at every level. */
export function completeObject(facts: FieldFacts, type: string, unknown = false): Record<string, unknown> {
  const entries = fieldsOf(facts, type).map(({ name, type: fieldType }): [string, unknown] => [
    name,
    value(facts, `${type}.${name}`, fieldType, unknown),
  ]);
  return { ...Object.fromEntries(entries), ...(unknown ? { 'x-new': { deep: [1] } } : {}) };
}

function value(facts: FieldFacts, field: string, text: string, unknown: boolean): unknown {
  const preset = tied[field];
  if (preset !== undefined) return preset;
  const type = parseType(facts, text);
  switch (type.form) {
    case 'list':
      return [value(facts, field, type.item, unknown)];
    case 'map':
      return { key: value(facts, field, type.item, unknown) };
    case 'object':
      return completeObject(facts, type.name, unknown);
    case 'values':
      return type.values[0];
    case 'scalar':
      return (narrowed[field] ?? scalars[type.name]!).good.at(-1);
  }
}
