import {
  annotations,
  CoreTypesError,
  matchesLabels,
  type VirtualMachineInstance,
  type VirtualMachineInstancePreset,
} from '@virtkit/core-types';
import { ownCopy } from '../fill.ts';
import { mutated, type Mutation } from '../mutation.ts';
import { presetConflicts } from './conflicts.ts';
import { mergePreset } from './merge.ts';

/** Before the name of each preset that was applied, on the instance. */
const appliedPrefix = 'virtualmachinepreset.kubevirt.io/';
const appliedVersion = 'kubevirt.io/v1';
const deprecation =
  'VirtualMachineInstancePreset is deprecated: use an instance type and a preference for virtual machines';

/**
 * An instance with the presets of its namespace that select it (KubeVirt defaulting, presets). What the instance says itself
 * goes before them. Presets that contradict each other refuse it (422, without reason or causes).
 */
export function applyPresets(
  given: VirtualMachineInstance,
  presets: readonly VirtualMachineInstancePreset[],
): Mutation<VirtualMachineInstance> {
  const selected = isExcluded(given) ? [] : selecting(presets, given);
  if (typeof selected === 'string') return refused(selected);
  const conflict = firstConflict(selected);
  if (conflict !== undefined) return refused(conflict);
  const instance = ownCopy(given);
  const applied = selected
    // The preset's parts become the instance's: a copy of its own for each.
    .filter(
      ({ spec }) => spec?.domain !== undefined && mergePreset(ownCopy(spec.domain), instance.spec.domain),
    )
    .map(({ metadata }) => [`${appliedPrefix}${metadata.name ?? ''}`, appliedVersion] as const);
  if (applied.length > 0)
    instance.metadata.annotations = { ...instance.metadata.annotations, ...Object.fromEntries(applied) };
  return mutated(instance, presetWarnings(instance));
}

/** The warning that an instance with any annotation about presets gets. */
export function presetWarnings({ metadata }: VirtualMachineInstance): readonly string[] {
  const concerned = Object.keys(metadata.annotations ?? {}).some((key) =>
    key.includes('virtualmachinepreset'),
  );
  return concerned ? [deprecation] : [];
}

function isExcluded({ metadata }: VirtualMachineInstance): boolean {
  return metadata.annotations?.[annotations.presetExclude] === 'true';
}

/** The presets that select the instance; a message when one has a selector that cannot be read. */
function selecting(
  presets: readonly VirtualMachineInstancePreset[],
  { metadata }: VirtualMachineInstance,
): readonly VirtualMachineInstancePreset[] | string {
  try {
    return presets.filter(({ spec }) => spec !== undefined && matchesLabels(spec.selector, metadata.labels));
  } catch (error) {
    if (error instanceof CoreTypesError && error.code === 'InvalidSelector') return error.message;
    throw error;
  }
}

function firstConflict(presets: readonly VirtualMachineInstancePreset[]): string | undefined {
  for (const [index, one] of presets.entries()) {
    for (const other of presets.slice(index + 1)) {
      const [path] =
        one.spec?.domain && other.spec?.domain ? presetConflicts(one.spec.domain, other.spec.domain) : [];
      if (path !== undefined) {
        return `presets ${one.metadata.name ?? ''} and ${other.metadata.name ?? ''} contradict each other at spec.domain.${path}`;
      }
    }
  }
  return undefined;
}

function refused(message: string): Mutation<VirtualMachineInstance> {
  return { ok: false, denied: { code: 422, message } };
}
