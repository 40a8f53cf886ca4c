import type { JsonPatchOperation, ResourceDefinition } from '@virtkit/core-types';
import type * as z from 'zod';
import type { Denial, Verdict } from '../validation/denial.ts';
import { denialOf } from '../validation/denial.ts';
import type { Finding } from '../validation/finding.ts';
import { parseObject, schemaFindings, type SchemaCheck } from '../validation/schema.ts';
import type { AdmissionContext } from './context.ts';
import type { AdmissionOperation, AdmissionRequest } from './request.ts';

/** What mutation makes of an object. */
export type KindMutation =
  | {
      readonly ok: true;
      /** The operations that KubeVirt's webhook answers with; none when nothing changes. */
      readonly patch: readonly JsonPatchOperation[];
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly denied: Denial };

/** An answer, at once or after something was looked up. */
type Awaitable<T> = T | Promise<T>;

/** Admission of one kind of objects, or of one of its subresources. What it throws is a look-up that failed, never the object's fault. */
export interface KindAdmission {
  readonly resource: {
    readonly group: string;
    readonly plural: string;
    readonly versions: readonly string[];
  };
  readonly subresource?: string;
  /** Operations whose objects are mutated. */
  readonly mutates?: readonly AdmissionOperation[];
  /** Operations that are judged. */
  readonly validates: readonly AdmissionOperation[];
  mutate?(request: AdmissionRequest, context: AdmissionContext): Awaitable<KindMutation>;
  validate(request: AdmissionRequest, context: AdmissionContext): Awaitable<Verdict>;
}

/** Group, plural and versions of a resource; the first version is the one that KubeVirt's webhooks are registered for. */
export function resourceOf({
  group,
  plural,
  version,
  additionalVersions = [],
}: Pick<
  ResourceDefinition<unknown>,
  'group' | 'plural' | 'version' | 'additionalVersions'
>): KindAdmission['resource'] {
  return { group, plural, versions: [version, ...additionalVersions.map(({ name }) => name)] };
}

/** An object of a request, read by its schema. */
export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly findings: readonly Finding[] };

/** Reads the object of a request, as closely as KubeVirt looks at its kind before anything else (KubeVirt rules SCH). */
export function readObject<T>(schema: z.ZodType<T>, object: unknown, check?: SchemaCheck): Read<T> {
  const findings = check === undefined ? [] : schemaFindings(schema, object, check);
  return findings.length > 0 ? { ok: false, findings } : parseObject(schema, object);
}

/** The stored object, read by its schema; undefined where there is none. */
export function readStored<T>(schema: z.ZodType<T>, object: unknown): T | 'unreadable' | undefined {
  if (object === undefined || object === null) return undefined;
  const parsed = parseObject(schema, object);
  return parsed.ok ? parsed.value : 'unreadable';
}

/** The stored object; undefined where there is none that fits its schema. */
export function readableStored<T>(schema: z.ZodType<T>, object: unknown): T | undefined {
  const stored = readStored(schema, object);
  return stored === 'unreadable' ? undefined : stored;
}

/** A mutation that is refused. */
export function refusedMutation(findings: readonly Finding[]): KindMutation {
  const { denied } = denialOf(findings);
  return denied === undefined ? unchanged : { ok: false, denied };
}

/** A mutation that changes nothing. */
export const unchanged: KindMutation = { ok: true, patch: [], warnings: [] };

/** A mutation that replaces members of the object; those that it does not have are left out. */
export function replacing<T extends object>(
  object: T,
  members: readonly (keyof T & string)[],
  warnings: readonly string[] = [],
): KindMutation {
  const patch = members
    .filter((member) => object[member] !== undefined)
    .map((member): JsonPatchOperation => ({ op: 'replace', path: `/${member}`, value: object[member] }));
  return { ok: true, patch, warnings };
}

/** Nothing to object to. */
export const passed: Verdict = { warnings: [] };
