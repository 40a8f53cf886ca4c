import type { VirtualMachine } from '@virtkit/core-types';
import type { Finding } from '../validation/finding.ts';
import { applyReferences } from './apply.ts';
import type { ReferencedSpecs } from './references.ts';
import { spreadFindings } from './spread.ts';

/** Path of a machine's template in findings. */
const templateRoot = 'spec.template.spec';

/** A machine with what it refers to applied to its template, or what speaks against that. */
export type MachineWithReferences =
  | { readonly ok: true; readonly machine: VirtualMachine }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * Applies instance type and preference to a machine's template (KubeVirt rules SPR, then ITC; SPR answers alone). The machine's
 * matchers stay. This is what validation judges, on a copy; defaults and requirements (`requirementFindings`) come after it.
 */
export function applyToMachine(machine: VirtualMachine, references: ReferencedSpecs): MachineWithReferences {
  const { template } = machine.spec;
  const { spec, metadata } = template;
  if (spec === undefined) return { ok: true, machine };
  const spread = spreadFindings(references);
  if (spread.length > 0) return { ok: false, findings: spread };
  const applied = applyReferences({ spec, annotations: metadata?.annotations }, references, templateRoot);
  if (!applied.ok) return { ok: false, findings: applied.conflicts };
  const { target } = applied;
  const annotations = target.annotations === undefined ? undefined : { ...target.annotations };
  return {
    ok: true,
    machine: {
      ...machine,
      spec: {
        ...machine.spec,
        template: {
          ...template,
          ...(annotations === undefined ? {} : { metadata: { ...metadata, annotations } }),
          spec: target.spec,
        },
      },
    },
  };
}
