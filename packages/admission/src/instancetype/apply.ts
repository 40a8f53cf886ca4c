import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { Finding } from '../validation/finding.ts';
import { applyRules } from '../validation/rule.ts';
import { applyInstancetype } from './apply-instancetype.ts';
import { instancetypeConflictRules } from './conflicts.ts';
import { applyPreference } from './preference/index.ts';
import type { ReferencedSpecs } from './references.ts';

/** What instance type and preference change of an instance, or of a machine's template. */
export interface ReferenceTarget {
  readonly spec: VirtualMachineInstanceSpec;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** The target with both applied, or the conflicts because of which nothing was applied. */
export type Applied =
  | { readonly ok: true; readonly target: ReferenceTarget }
  | { readonly ok: false; readonly conflicts: readonly Finding[] };

/**
 * Applies an instance type, then a preference (KubeVirt defaulting, instancetype and preference application). `root` is the path
 * of the spec in findings: `spec.template.spec` for a machine's template, `spec` for an instance. Without either the target
 * comes back as it is.
 */
export function applyReferences(
  target: ReferenceTarget,
  { instancetype, preference }: ReferencedSpecs,
  root: string,
): Applied {
  if (instancetype === undefined) return { ok: true, target: prefer(target, preference) };
  const conflicts = applyRules(instancetypeConflictRules, { ...target, instancetype, root });
  if (conflicts.length > 0) return { ok: false, conflicts };
  const spec = applyInstancetype(target.spec, instancetype, preference);
  const annotations = withMissing(target.annotations, instancetype.annotations);
  return { ok: true, target: prefer({ spec, annotations }, preference) };
}

function prefer(target: ReferenceTarget, preference: ReferencedSpecs['preference']): ReferenceTarget {
  if (preference === undefined) return target;
  return {
    spec: applyPreference(target.spec, preference),
    annotations: withMissing(target.annotations, preference.annotations),
  };
}

/** `own` and what `more` has beyond it. */
function withMissing(
  own: Readonly<Record<string, string>> | undefined,
  more: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> | undefined {
  return more === undefined || Object.keys(more).length === 0 ? own : { ...more, ...own };
}
