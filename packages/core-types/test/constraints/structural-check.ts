import type { StructuralSchema } from '@virtkit/core-types';

/** Paths at which a value does not fit a structural schema, as an API server finds them without CEL. */
export function misfits(schema: StructuralSchema, value: unknown, at = ''): string[] {
  if (value === null) return schema.nullable === true ? [] : [at];
  if (schema['x-kubernetes-int-or-string'] === true) return fits(schema, value, ['integer', 'string'], at);
  if (schema.type === undefined) return [];
  const found = fits(schema, value, [schema.type], at);
  if (found.length > 0) return found;
  if (Array.isArray(value)) return listMisfits(schema, value, at);
  return typeof value === 'object' ? objectMisfits(schema, value as Record<string, unknown>, at) : [];
}

function fits(schema: StructuralSchema, value: unknown, types: readonly string[], at: string): string[] {
  const { pattern, minimum, maximum, minLength, maxLength } = schema;
  if (!types.includes(typeOf(value, types))) return [at];
  if (schema.enum?.includes(value) === false) return [at];
  if (typeof value === 'string') {
    if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return [at];
    return within(value.length, minLength, maxLength) ? [] : [at];
  }
  return typeof value !== 'number' || within(value, minimum, maximum) ? [] : [at];
}

function typeOf(value: unknown, types: readonly string[]): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value !== 'number') return typeof value;
  return Number.isInteger(value) && types.includes('integer') ? 'integer' : 'number';
}

function within(size: number, least = -Infinity, most = Infinity): boolean {
  return size >= least && size <= most;
}

function listMisfits(schema: StructuralSchema, list: readonly unknown[], at: string): string[] {
  if (!within(list.length, schema.minItems, schema.maxItems)) return [at];
  const keys = schema['x-kubernetes-list-map-keys'];
  const identities = list.map((item) =>
    JSON.stringify(keys ? keys.map((key) => (item as Record<string, unknown> | null)?.[key]) : item),
  );
  const unique = ['set', 'map'].includes(schema['x-kubernetes-list-type'] ?? '');
  return list.flatMap((item, index) => {
    if (unique && identities.indexOf(identities[index]!) < index) return [`${at}.${index}`];
    return misfits(schema.items!, item, `${at}.${index}`);
  });
}

function objectMisfits(schema: StructuralSchema, value: Record<string, unknown>, at: string): string[] {
  const missing = (schema.required ?? []).filter((name) => value[name] === undefined);
  const members = Object.entries(value).flatMap(([name, member]) => {
    const of = schema.properties?.[name] ?? schema.additionalProperties;
    return of && member !== undefined ? misfits(of, member, `${at}.${name}`) : [];
  });
  return [...missing.map((name) => `${at}.${name}`), ...members];
}

/** The value without the fields that the schema does not list, as an API server stores it. It keeps `metadata` itself. */
export function pruned(schema: StructuralSchema, value: unknown, isRoot = true): unknown {
  if (Array.isArray(value)) return value.map((item) => pruned(schema.items ?? {}, item, false));
  if (typeof value !== 'object' || value === null) return value;
  const { properties, additionalProperties } = schema;
  const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const members = Object.entries(value).flatMap(([name, member]: [string, unknown]): [string, unknown][] => {
    if (isRoot && name === 'metadata') return [[name, member]];
    const of = properties?.[name] ?? additionalProperties;
    if (of) return [[name, pruned(of, member, false)]];
    return keepsUnknown ? [[name, member]] : [];
  });
  return Object.fromEntries(members);
}
