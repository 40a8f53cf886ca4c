import { unknownFields } from '@virtkit/core-types';
import type { z } from 'zod';
import type { Finding } from './finding.ts';

/** An object that fits its schema, or what is wrong with it. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly findings: Finding[] };

/** Checks types, required members and closed enumerations (KubeVirt rule SCH-3). Unknown members are kept. */
export function parseObject<T>(schema: z.ZodType<T>, object: unknown): Parsed<T> {
  const result = schema.safeParse(object);
  if (result.success) return { ok: true, value: result.data };
  const findings = result.error.issues.map((issue): Finding => ({
    rule: 'SCH-3',
    reason: valueAt(object, issue.path) === undefined ? 'FieldValueRequired' : 'FieldValueInvalid',
    field: fieldPath(issue.path),
    message: issue.message,
  }));
  return { ok: false, findings };
}

/** Members of `value` that its schema does not know, below `root`; those for which `judgedElsewhere` holds are left out. */
export function unknownMembers(
  schema: z.ZodType,
  value: unknown,
  root: string,
  judgedElsewhere: (pointer: string) => boolean,
): Finding[] {
  return unknownFields(schema, value)
    .filter((pointer) => !judgedElsewhere(pointer))
    .map((pointer) => ({
      rule: 'SCH-3',
      reason: 'FieldValueInvalid',
      field: `${root}${fieldPath(pointer.slice(1).split('/').map(unescapePointer), '.')}`,
      message: 'there is no such field',
    }));
}

/** The value at a path; undefined where there is none. */
function valueAt(object: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (Reflect.get(value, key) as unknown) : undefined,
    object,
  );
}

function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** `spec.volumes[0].name`; numbers and digits become indices. */
function fieldPath(path: readonly PropertyKey[], lead = ''): string {
  return path
    .map(String)
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : `${index === 0 ? lead : '.'}${part}`))
    .join('');
}
