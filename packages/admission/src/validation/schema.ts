import { unknownFields } from '@virtkit/core-types';
import type * as z from 'zod';
import { plain, type Finding } from './finding.ts';

/** An object that fits its schema, or what is wrong with it. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly findings: Finding[] };

/**
 * How closely KubeVirt looks: `complete` knows every member of the spec, `members` those of the object only (KubeVirt rule
 * SCH-4: pools, clones, instance types and preferences).
 */
export type SchemaCheck = 'complete' | 'members';

const topLevel: readonly string[] = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];

/**
 * Checks an object of a kind as KubeVirt's webhooks do before anything else (KubeVirt rules SCH-1 to SCH-4). Causes have
 * messages only (GEN-03), which begin with the path.
 */
export function schemaFindings(schema: z.ZodType, object: unknown, check: SchemaCheck): Finding[] {
  const members = isRecord(object) ? object : {};
  const findings = Object.keys(members)
    .filter((key) => !topLevel.includes(key))
    .map((key): Finding => ({ rule: 'SCH-1', ...plain(`${key}: there is no such field`) }));
  const { spec } = members;
  if (spec === undefined || spec === null)
    return [...findings, { rule: 'SCH-2', ...plain('spec: the object has no spec') }];
  return check === 'members' ? findings : [...findings, ...specFindings(schema, object, spec)];
}

/** Checks a write to the status of an object (KubeVirt rule SCH-5); `schema` is undefined where the kind is not known. */
export function statusFindings(schema: z.ZodType | undefined, object: unknown): Finding[] {
  if (schema === undefined || !isRecord(object) || typeof object['kind'] !== 'string')
    return [{ rule: 'SCH-5', ...plain('the kind of the object cannot be told') }];
  const status = memberSchema(schema, 'status');
  if (status === undefined) return [];
  return issuesOf(status, object['status'], ['status']).map((message) => ({
    rule: 'SCH-5',
    ...plain(message),
  }));
}

/** Checks types, required members and closed enumerations. Unknown members are kept. */
export function parseObject<T>(schema: z.ZodType<T>, object: unknown): Parsed<T> {
  const result = schema.safeParse(object);
  if (result.success) return { ok: true, value: result.data };
  const findings = result.error.issues.map((issue): Finding => ({
    rule: 'SCH-3',
    ...plain(`${fieldPath(issue.path)}: ${issue.message}`),
  }));
  return { ok: false, findings };
}

function specFindings(schema: z.ZodType, object: unknown, spec: unknown): Finding[] {
  const parsed = parseObject(schema, object);
  const specSchema = memberSchema(schema, 'spec');
  const unknown = (specSchema === undefined ? [] : unknownFields(specSchema, spec)).map(
    (pointer): Finding => {
      const path = ['spec', ...pointer.slice(1).split('/').map(unescapePointer)];
      return { rule: 'SCH-3', ...plain(`${fieldPath(path)}: there is no such field`) };
    },
  );
  return [...(parsed.ok ? [] : parsed.findings), ...unknown];
}

function issuesOf(schema: z.ZodType, value: unknown, at: readonly PropertyKey[]): string[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.map(({ path, message }) => `${fieldPath([...at, ...path])}: ${message}`);
}

/** The schema of one member of an object. */
function memberSchema(schema: z.ZodType, name: string): z.ZodType | undefined {
  return (schema.def as { readonly shape?: Readonly<Record<string, z.ZodType>> }).shape?.[name];
}

function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** `spec.volumes[0].name`; numbers and digits become indices. */
function fieldPath(path: readonly PropertyKey[]): string {
  return path
    .map(String)
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`))
    .join('');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
