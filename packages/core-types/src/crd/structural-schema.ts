import * as z from 'zod';
import { CoreTypesError } from '../errors.ts';
import { isRecord } from '../patch/json.ts';

/** A node of a structural OpenAPI v3 schema, as CustomResourceDefinitions carry it. */
export interface StructuralSchema {
  type?: string;
  description?: string;
  format?: string;
  nullable?: boolean;
  default?: unknown;
  enum?: unknown[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: StructuralSchema;
  properties?: Record<string, StructuralSchema>;
  additionalProperties?: StructuralSchema;
  required?: string[];
  anyOf?: { type: string }[];
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-validations'?: unknown[];
}

/** Keywords that have the same meaning in JSON Schema and in a structural schema. */
const carriedOver = [
  'description',
  'default',
  'enum',
  'pattern',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-validations',
] as const;

/**
 * The structural schema of a zod schema: one type per node, no references, unknown fields pruned except where the
 * schema is marked `x-kubernetes-preserve-unknown-fields`.
 *
 * @throws CoreTypesError `UnsupportedSchema` for what a structural schema cannot say, naming the place
 */
export function structuralSchema(schema: z.ZodType): StructuralSchema {
  return convert(z.toJSONSchema(schema, { io: 'input' }), '$');
}

function convert(node: unknown, at: string): StructuralSchema {
  if (!isRecord(node)) throw unsupported(at, 'a boolean schema');
  const choices = node['anyOf'];
  if (node['x-kubernetes-int-or-string'] === true) return intOrString(node);
  if (Array.isArray(choices)) return nullableOf(node, choices, at);
  if (Array.isArray(node['type'])) return convertTypeList(node, node['type'], at);
  const type = typeOf(node);
  if (type === undefined) return { ...pick(node), 'x-kubernetes-preserve-unknown-fields': true };
  const result: StructuralSchema = { type, ...pick(node) };
  switch (type) {
    case 'object':
      return convertObject(node, result, at);
    case 'array':
      return { ...result, items: convert(node['items'], `${at}[]`) };
    case 'integer':
    case 'number':
      return { ...result, ...numberRange(node) };
    case 'string':
      return node['format'] === 'date-time' ? dateTime(result) : result;
    case 'boolean':
      return result;
    default:
      throw unsupported(at, `type ${type}`);
  }
}

function unsupported(at: string, what: string): CoreTypesError {
  return new CoreTypesError('UnsupportedSchema', `${what} at ${at} has no structural form`);
}

function typeOf(node: Record<string, unknown>): string | undefined {
  if (typeof node['type'] === 'string') return node['type'];
  return 'const' in node ? typeof node['const'] : undefined;
}

function pick(node: Record<string, unknown>): StructuralSchema {
  const entries = carriedOver.filter((key) => node[key] !== undefined).map((key) => [key, node[key]]);
  const result = Object.fromEntries(entries) as StructuralSchema;
  if ('const' in node) result.enum = [node['const']];
  return result;
}

function intOrString(node: Record<string, unknown>): StructuralSchema {
  const choices = Array.isArray(node['anyOf']) ? node['anyOf'].filter(isRecord) : [];
  const pattern = choices.find((choice) => typeof choice['pattern'] === 'string')?.['pattern'];
  return {
    ...pick(node),
    ...(typeof pattern === 'string' ? { pattern } : {}),
    anyOf: [{ type: 'integer' }, { type: 'string' }],
    'x-kubernetes-int-or-string': true,
  };
}

/** zod writes `nullable` as a choice between the schema and null. */
function nullableOf(node: Record<string, unknown>, choices: unknown[], at: string): StructuralSchema {
  const others = choices.filter((choice) => !(isRecord(choice) && choice['type'] === 'null'));
  if (others.length !== 1 || others.length === choices.length) throw unsupported(at, 'a choice');
  return { ...convert(others[0], at), ...pick(node), nullable: true };
}

function convertTypeList(node: Record<string, unknown>, types: unknown[], at: string): StructuralSchema {
  const others = types.filter((type) => type !== 'null');
  if (others.length !== 1) throw unsupported(at, 'a choice of types');
  return { ...convert({ ...node, type: others[0] }, at), nullable: true };
}

function convertObject(
  node: Record<string, unknown>,
  result: StructuralSchema,
  at: string,
): StructuralSchema {
  if (node['x-kubernetes-preserve-unknown-fields'] === true) {
    result['x-kubernetes-preserve-unknown-fields'] = true;
    if (!isRecord(node['properties'])) return result;
  }
  const properties = isRecord(node['properties']) ? Object.entries(node['properties']) : undefined;
  if (properties === undefined) {
    // A record; an open object always has a list of properties.
    return { ...result, additionalProperties: convert(node['additionalProperties'], `${at}{}`) };
  }
  if (properties.length > 0) {
    result.properties = Object.fromEntries(
      properties.map(([key, value]) => [key, convert(value, `${at}.${key}`)]),
    );
  }
  if (Array.isArray(node['required']) && node['required'].length > 0) {
    result.required = node['required'] as string[];
  }
  return result;
}

/** Limits that follow from the format alone, or from what a JavaScript number holds, are left out. */
function numberRange(node: Record<string, unknown>): StructuralSchema {
  const { format, minimum, maximum } = node;
  const implied = (bound: unknown): boolean =>
    bound === Number.MIN_SAFE_INTEGER ||
    bound === Number.MAX_SAFE_INTEGER ||
    (format === 'int32' && (bound === -2_147_483_648 || bound === 2_147_483_647));
  return {
    ...(typeof format === 'string' ? { format } : {}),
    ...(typeof minimum === 'number' && !implied(minimum) ? { minimum } : {}),
    ...(typeof maximum === 'number' && !implied(maximum) ? { maximum } : {}),
  };
}

/** The format says what zod's pattern spells out. */
function dateTime(result: StructuralSchema): StructuralSchema {
  const { pattern: _pattern, ...rest } = result;
  return { ...rest, format: 'date-time' };
}
