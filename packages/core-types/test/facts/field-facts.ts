import { readFileSync } from 'node:fs';

/**
 * What the fields of an API are. `types` maps a type to its fields. A field name ends in `!` when it is required. A
 * field type ends in `[]` for a list, with how it merges between the brackets (`[set]`, `[atomic]`, `[map name]`), in
 * `{}` for a map and in `?` when null is allowed.
 */
export interface FieldFacts {
  readonly kinds: readonly string[];
  readonly types: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

function read(name: string): FieldFacts {
  const text = readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8');
  return JSON.parse(text) as FieldFacts;
}

/** KubeVirt's and CDI's OpenAPI documents, and documents in words for kinds that are in neither. */
export const sources: Readonly<Record<string, FieldFacts>> = {
  KubeVirt: read('kubevirt-fields'),
  CDI: read('cdi-fields'),
  documents: read('documented-fields'),
};

/** One field, its name without the mark. */
export interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly type: string;
}

/** The fields of a type. */
export function fieldsOf({ types }: FieldFacts, type: string): Field[] {
  return Object.entries(types[type]!).map(([key, fieldType]) => ({
    name: key.replace('!', ''),
    required: key.endsWith('!'),
    type: fieldType,
  }));
}

/** A field type, taken apart. */
export type FieldType =
  | { readonly form: 'list'; readonly item: string; readonly merge: string }
  | { readonly form: 'map'; readonly item: string }
  | { readonly form: 'object'; readonly name: string }
  | { readonly form: 'values'; readonly values: readonly string[] }
  | { readonly form: 'scalar'; readonly name: string };

/** Takes a type apart, without the mark for null. */
export function parseType({ types }: FieldFacts, text: string): FieldType {
  const type = text.replace(/\?$/, '');
  const list = /^(.*)\[([^[\]]*)\]$/.exec(type);
  if (list) return { form: 'list', item: list[1]!, merge: list[2]! };
  if (type.endsWith('{}')) return { form: 'map', item: type.slice(0, -2) };
  if (types[type]) return { form: 'object', name: type };
  const values = /^enum\((.*)\)$/.exec(type)?.[1]?.split('|');
  return values ? { form: 'values', values } : { form: 'scalar', name: type };
}
