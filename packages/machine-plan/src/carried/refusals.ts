import {
  structuralSchema,
  VirtualMachineInstanceSpecSchema,
  type StructuralSchema,
} from '@virtkit/core-types';
import { judgePath } from './uncarried.ts';

/** A field of a VMI's spec that admission refuses, or of which it refuses some values. */
export interface Refusal {
  /** Path below `spec`; `[]` stands for each item of a list. */
  path: string;
  /** What is missing, for people. */
  reason: string;
}

/**
 * Every field of the API that {@link uncarried} refuses whatever its value, and every one of which it refuses some values, in the
 * order of the API. A refused object is named once, not field by field.
 */
export function refusals(): Refusal[] {
  const found: Refusal[] = [];
  walk(structuralSchema(VirtualMachineInstanceSpecSchema), '', found);
  return found;
}

function walk(schema: StructuralSchema, pattern: string, found: Refusal[]): void {
  const verdict = judgePath(pattern);
  switch (verdict.kind) {
    case 'refused':
      found.push({ path: pattern, reason: verdict.reason });
      return;
    case 'carried': {
      const { values, because } = verdict.field;
      if (because === undefined) return;
      const known = (values ?? []).filter((value) => value !== '').map((value) => JSON.stringify(value));
      found.push({ path: pattern, reason: `only ${known.join(', ')}: ${because}` });
      return;
    }
    case 'inner':
      if (schema.items !== undefined) walk(schema.items, `${pattern}[]`, found);
      for (const [name, member] of Object.entries(schema.properties ?? {}))
        walk(member, pattern === '' ? name : `${pattern}.${name}`, found);
  }
}
