import { defaultInstanceSpec, expandMachine, specsOf, type FoundReferences } from '@virtkit/admission';
import type { VirtualMachine, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { isFinal } from '../../instance-phase.ts';
import { isDeleting } from '../../runtime/finalizers.ts';
import { isMigrating } from '../printable-status.ts';
import type { MachineObservation } from '../observation.ts';
import type { LiveTopic } from './facts.ts';
import { judgeLiveUpdate, type LiveUpdateVerdict } from './verdict.ts';

/**
 * What reaches an instance here: only disks are plugged, and nothing is migrated, so the rest waits for a restart. So do volumes
 * whose changes are to be carried by a migration.
 */
function carriedTopics({ spec }: VirtualMachine): ReadonlySet<LiveTopic> {
  return new Set(spec.updateVolumesStrategy === 'Migration' ? ['placement'] : ['placement', 'volumes']);
}

/**
 * What is to be done about a running instance whose machine's template changed (KubeVirt rule RUNU-1): both the template of its
 * start and that of now are looked at with what they refer to. Undefined when there is nothing to compare.
 */
export function observeLiveUpdate(observation: MachineObservation): LiveUpdateVerdict | undefined {
  const { machine, instance, startRevisions, references, startedReferences, configuration, now } =
    observation;
  const spec = startRevisions[0]?.data?.spec;
  if (instance === undefined || isFinal(instance) || isDeleting(instance) || spec === undefined)
    return undefined;
  if (startedReferences === undefined) return undefined;
  const before: VirtualMachine = { ...machine, spec, status: undefined };
  const refer = [before, machine].some((one) => one.spec.instancetype ?? one.spec.preference);
  const started = templateWith(before, startedReferences, refer, configuration);
  const wanted = templateWith(machine, references, refer, configuration);
  if (started === undefined || wanted === undefined) return undefined;
  return judgeLiveUpdate({
    instance,
    started,
    wanted,
    updateVolumesStrategy: machine.spec.updateVolumesStrategy,
    rollsOutLive: configuration.values.vmRolloutStrategy !== 'Stage',
    carried: carriedTopics(machine),
    migrating: isMigrating(instance, now),
  });
}

/**
 * The template with what the machine refers to; undefined when that cannot be found or conflicts. As soon as one side refers to
 * something, both get defaults, because expanded templates have them.
 */
function templateWith(
  machine: VirtualMachine,
  found: FoundReferences,
  complete: boolean,
  configuration: MachineObservation['configuration'],
): VirtualMachineInstanceSpec | undefined {
  const { spec } = machine.spec.template;
  if (spec === undefined || !complete) return spec;
  if ([found.instancetype, found.preference].some(({ state }) => state === 'missing')) return undefined;
  const expanded = expandMachine(machine, specsOf(found), configuration);
  if (!expanded.ok) return undefined;
  const whole = expanded.machine.spec.template.spec;
  return whole && defaultInstanceSpec(whole, configuration);
}
