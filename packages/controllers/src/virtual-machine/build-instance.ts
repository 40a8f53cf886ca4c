import {
  annotations,
  finalizers,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { instanceType, machineType } from '../kinds.ts';
import { ControllerError } from '../runtime/errors.ts';
import { controllerReference } from '../runtime/object-key.ts';
import { observedApiVersion } from '../launcher-keys.ts';
import { stableUuid } from './stable-uuid.ts';
import { startRevisionName } from './start-revision.ts';

/**
 * The instance that a start of the machine creates (KubeVirt lifecycle, VMI construction): the template, not the
 * machine's own labels and annotations. The observed-version annotations are set here to save a later write.
 *
 * @throws ControllerError `invalid-object` when the machine has no name, uid or template spec
 */
export function buildInstance(machine: VirtualMachine, options: { paused: boolean }): VirtualMachineInstance {
  const { template } = machine.spec;
  const { name, namespace, generation = 0 } = machine.metadata;
  if (name === undefined || template.spec === undefined) {
    throw new ControllerError(
      'invalid-object',
      'a VirtualMachine without name or template spec cannot start',
    );
  }
  const { domain } = template.spec;
  const { generateName: _generateName, ...metadata } = template.metadata ?? {};
  return {
    ...instanceType,
    metadata: {
      ...metadata,
      name,
      namespace,
      annotations: {
        ...metadata.annotations,
        [annotations.machineGeneration]: String(generation),
        [annotations.latestObservedApiVersion]: observedApiVersion,
        [annotations.storageObservedApiVersion]: observedApiVersion,
      },
      ownerReferences: [controllerReference(machine, machineType)],
      finalizers: [...new Set([...(metadata.finalizers ?? []), finalizers.machine])],
    },
    spec: {
      ...template.spec,
      ...(options.paused ? { startStrategy: 'Paused' } : {}),
      domain: {
        ...domain,
        firmware: { ...domain.firmware, uuid: domain.firmware?.uuid ?? stableUuid(name) },
      },
    },
    status: { virtualMachineRevisionName: startRevisionName(machine) },
  };
}
