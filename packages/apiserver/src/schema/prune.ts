import { isObject, type JsonObject } from '../object/json.ts';
import { preservesUnknown, type Schema } from './types.ts';
import { memberPath } from './validate.ts';

/** What to do with members that a schema does not list. */
export interface UnknownFields {
  /**
   * `all` removes them (custom resources). `root` removes those of the object itself and only reports those further down:
   * the schemas of built-in kinds list every member of an object, but not all that there may be in these.
   */
  remove: 'all' | 'root';
}

const ROOT_MEMBERS = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * Walks a whole object, finds members unknown to the schema and removes them if asked. `apiVersion`, `kind` and
 * `metadata` belong to every object (also to embedded ones) and are never touched.
 * @returns the paths of the unknown members.
 */
export function unknownFields(schema: Schema, object: JsonObject, options: UnknownFields): string[] {
  const found: string[] = [];
  walk(schema, object, '', true, options, found);
  return found;
}

function walk(
  schema: Schema,
  value: unknown,
  path: string,
  isObjectRoot: boolean,
  options: UnknownFields,
  found: string[],
): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return;
    value.forEach((item, index) => walk(items, item, `${path}[${index}]`, isEmbedded(items), options, found));
    return;
  }
  if (!isObject(value)) return;
  const additional: Schema | undefined = isObject(schema.additionalProperties)
    ? schema.additionalProperties
    : undefined;
  for (const [name, member] of Object.entries(value)) {
    const child = memberPath(path, name);
    const known = schema.properties !== undefined && Object.hasOwn(schema.properties, name);
    const memberSchema = known ? schema.properties?.[name] : additional;
    // A CRD may constrain metadata.name, but never narrows which members metadata has.
    if (isObjectRoot && ROOT_MEMBERS.has(name) && (options.remove === 'all' || !known)) continue;
    if (memberSchema !== undefined)
      walk(memberSchema, member, child, isEmbedded(memberSchema), options, found);
    else if (!preservesUnknown(schema)) {
      found.push(child);
      if (options.remove === 'all' || path === '') Reflect.deleteProperty(value, name);
    }
  }
}

function isEmbedded(schema: Schema): boolean {
  return schema['x-kubernetes-embedded-resource'] === true;
}
