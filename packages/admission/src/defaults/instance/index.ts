import {
  finalizers,
  type VirtualMachineInstance,
  type VirtualMachineInstancePreset,
} from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import { fillApiTypes, fillFirmwareUuid } from '../api-types/index.ts';
import { fillArchitectureFirst, fillArchitectureLast } from '../architecture/index.ts';
import { ownCopy } from '../fill.ts';
import { withFinalizer } from '../finalizers.ts';
import { fillCeilings } from '../hotplug/ceilings.ts';
import { fillHypervRequirements } from '../hyperv.ts';
import { mutated, type Mutation } from '../mutation.ts';
import { canonicalNtpServers } from '../ntp-servers.ts';
import { applyPresets } from '../presets/index.ts';
import { fillSpec } from '../instance-spec.ts';
import { networkRefusal } from '../spec/network.ts';
import { instanceAnnotations } from './annotations.ts';
import { initialStatus } from './status.ts';

/** What the defaults of a new instance need beside the instance. */
export interface InstanceDefaultsInput {
  readonly configuration: ClusterConfiguration;
  /** A new random UUID. */
  readonly uuid: () => string;
  /** RFC 3339. */
  readonly now: string;
  /** Whether the creator may give a status: KubeVirt's components may, others' is dropped. */
  readonly trusted: boolean;
  /** The presets of the instance's namespace. Default: none. */
  readonly presets?: readonly VirtualMachineInstancePreset[];
}

/**
 * A new instance as it is stored (KubeVirt defaulting, VMI mutation on creation): presets, spec defaults, defaults of the API
 * types and of the architecture, headroom for hotplug, and the first status. A fixed point. Refused when presets contradict
 * each other (422) or the cluster's default interface cannot be given (400).
 */
export function defaultInstance(
  given: VirtualMachineInstance,
  input: InstanceDefaultsInput,
): Mutation<VirtualMachineInstance> {
  const { configuration, uuid, now, trusted, presets = [] } = input;
  const preset = applyPresets(ownCopy(given), presets);
  if (!preset.ok) return preset;
  const { object: instance, warnings } = preset;
  const { spec } = instance;
  const refusal = networkRefusal(spec, configuration);
  if (refusal !== undefined) return { ok: false, denied: { code: 400, message: refusal } };
  canonicalNtpServers(spec, configuration);
  fillSpec(spec, configuration);
  fillArchitectureFirst(spec, configuration);
  fillApiTypes(spec, configuration);
  fillFirmwareUuid(spec, uuid);
  fillHypervRequirements(spec, configuration);
  fillArchitectureLast(spec, configuration);
  fillCeilings(spec, configuration);
  const { metadata } = instance;
  const annotations = instanceAnnotations(metadata.annotations, spec, configuration);
  return mutated(
    {
      ...instance,
      metadata: withFinalizer({ ...metadata, ...(annotations && { annotations }) }, finalizers.instance),
      status: initialStatus(spec, (trusted ? instance.status : undefined) ?? {}, configuration, now),
    },
    warnings,
  );
}
