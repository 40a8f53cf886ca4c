// A dump of guest memory on request (KubeVirt lifecycle, memory dump).
//
//   Associating --volume in template and instance--> InProgress --node: done--> Unmounting --volume gone--> Completed
//                                                        '------node: failed--> Failed
//   Dissociating --volume out of instance and template--> (no request)
//
// virt-api leaves the request and asks for its end; `project.ts` writes the phases; the node makes the dump.
import { annotations, type PersistentVolumeClaim, type VirtualMachine } from '@virtkit/core-types';
import type { VirtualMachineInstance, VirtualMachineMemoryDumpRequest } from '@virtkit/core-types';
import { isFinal, phaseOf } from '../../instance-phase.ts';
import { isDeleting } from '../../runtime/finalizers.ts';
import type { MachineObservation } from '../observation.ts';
import { hasDumpVolume, withDumpVolume, withoutDumpVolume } from './association.ts';

/** One step towards what a request for a memory dump asks for. */
export type MemoryDumpEffect =
  | {
      readonly kind: 'update-instance';
      readonly instance: VirtualMachineInstance;
      readonly updated: VirtualMachineInstance;
    }
  | { readonly kind: 'change-template'; readonly changed: VirtualMachine }
  /** Say on the claim what is on it. */
  | {
      readonly kind: 'annotate-claim';
      readonly claim: PersistentVolumeClaim;
      readonly annotated: PersistentVolumeClaim;
    };

/** KubeVirt: what stands on the claim of a dump that failed. */
const failedDump = 'Memory dump failed';

/** The next step for the machine's memory dump; undefined when there is none to take. */
export function planMemoryDump(observation: MachineObservation): MemoryDumpEffect | undefined {
  const { machine } = observation;
  const request = machine.status?.memoryDumpRequest;
  if (request === undefined) return undefined;
  const instance = liveInstance(observation);
  switch (request.phase) {
    case 'Associating':
      return planAssociation(machine, instance, request);
    case 'Unmounting':
    case 'Failed':
      return planRemoval(instance, request) ?? planAnnotation(observation, request);
    case 'Dissociating':
      return planRemoval(instance, request) ?? planDissociation(machine, request);
    default:
      return undefined;
  }
}

/** The instance while it can gain and lose volumes. */
export function liveInstance({ instance }: MachineObservation): VirtualMachineInstance | undefined {
  return instance === undefined || isFinal(instance) || isDeleting(instance) ? undefined : instance;
}

/** What is on the claim of a dump that is over; undefined while it is under way. */
export function claimAnnotation({ phase, fileName }: VirtualMachineMemoryDumpRequest): string | undefined {
  if (phase === 'Failed') return failedDump;
  return phase === 'Unmounting' ? fileName : undefined;
}

function planAssociation(
  machine: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
  request: VirtualMachineMemoryDumpRequest,
): MemoryDumpEffect | undefined {
  const template = machine.spec.template.spec;
  if (template !== undefined && !hasDumpVolume(template, request))
    return changeTemplate(machine, withDumpVolume(template, request));
  if (instance === undefined || phaseOf(instance) !== 'Running') return undefined;
  // What is left of an earlier dump goes first.
  const left = instance.status?.volumeStatus?.some(({ name }) => name === request.claimName) === true;
  if (hasDumpVolume(instance.spec, request) || left) return undefined;
  const spec = withDumpVolume(instance.spec, request);
  return { kind: 'update-instance', instance, updated: { ...instance, spec } };
}

function planRemoval(
  instance: VirtualMachineInstance | undefined,
  request: VirtualMachineMemoryDumpRequest,
): MemoryDumpEffect | undefined {
  if (instance === undefined || !hasDumpVolume(instance.spec, request)) return undefined;
  const spec = withoutDumpVolume(instance.spec, request);
  return { kind: 'update-instance', instance, updated: { ...instance, spec } };
}

function planDissociation(
  machine: VirtualMachine,
  request: VirtualMachineMemoryDumpRequest,
): MemoryDumpEffect | undefined {
  const template = machine.spec.template.spec;
  if (template === undefined || !hasDumpVolume(template, request)) return undefined;
  return changeTemplate(machine, withoutDumpVolume(template, request));
}

function planAnnotation(
  { dumpClaim: claim }: MachineObservation,
  request: VirtualMachineMemoryDumpRequest,
): MemoryDumpEffect | undefined {
  const text = claimAnnotation(request);
  if (claim === undefined || text === undefined) return undefined;
  const { metadata } = claim;
  if (metadata.annotations?.[annotations.memoryDump] === text) return undefined;
  const annotated = {
    ...claim,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [annotations.memoryDump]: text } },
  };
  return { kind: 'annotate-claim', claim, annotated };
}

function changeTemplate(
  machine: VirtualMachine,
  spec: NonNullable<VirtualMachine['spec']['template']['spec']>,
): MemoryDumpEffect {
  const { template } = machine.spec;
  return {
    kind: 'change-template',
    changed: { ...machine, spec: { ...machine.spec, template: { ...template, spec } } },
  };
}
