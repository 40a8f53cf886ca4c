import { clusterConfiguration, type FoundReferences } from '@virtkit/admission';
import type { Pod, VirtualMachine, VirtualMachineInstance } from '@virtkit/core-types';
import type { ControllerRevision, MachineObservation } from '../src/index.ts';

const observed = {
  'kubevirt.io/latest-observed-api-version': 'v1',
  'kubevirt.io/storage-observed-api-version': 'v1',
};

const firmwareUuid = '2b7a5b3e-0f5f-4c8e-9c39-6f8f0a7c1d11';

/** A machine as admission leaves it. */
export function machineOf(
  spec: Partial<VirtualMachine['spec']> = {},
  status: VirtualMachine['status'] = {},
  metadata: VirtualMachine['metadata'] = {},
): VirtualMachine {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: {
      name: 'vm',
      namespace: 'default',
      uid: 'vm-uid',
      generation: 3,
      resourceVersion: '7',
      annotations: observed,
      finalizers: ['kubevirt.io/virtualMachineControllerFinalize'],
      ...metadata,
    },
    spec: { template: { spec: { domain: { devices: {}, firmware: { uuid: firmwareUuid } } } }, ...spec },
    status,
  };
}

/** The machine's instance. */
export function instanceOf(
  status: VirtualMachineInstance['status'] = { phase: 'Running' },
  metadata: VirtualMachineInstance['metadata'] = {},
  spec: Partial<VirtualMachineInstance['spec']> = {},
): VirtualMachineInstance {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: {
      name: 'vm',
      namespace: 'default',
      uid: 'vmi-uid',
      resourceVersion: '9',
      annotations: { ...observed, 'kubevirt.io/vm-generation': '3' },
      finalizers: [
        'kubevirt.io/virtualMachineControllerFinalize',
        'kubevirt.io/foregroundDeleteVirtualMachine',
      ],
      ownerReferences: [
        { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', name: 'vm', uid: 'vm-uid', controller: true },
      ],
      ...metadata,
    },
    spec: { domain: { devices: {}, firmware: { uuid: firmwareUuid } }, ...spec },
    status,
  };
}

/** The instance's launcher pod. */
export function podOf(status: Pod['status'] = {}, metadata: Pod['metadata'] = {}, nodeName?: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'virt-launcher-vm-abcde',
      namespace: 'default',
      uid: 'pod-uid',
      creationTimestamp: '2026-01-01T00:00:00Z',
      annotations: {
        'kubevirt.io/migrationTransportUnix': 'true',
        'kubevirt.io/memory-overhead-bytes': '1000',
      },
      ownerReferences: [
        {
          apiVersion: 'kubevirt.io/v1',
          kind: 'VirtualMachineInstance',
          name: 'vm',
          uid: 'vmi-uid',
          controller: true,
        },
      ],
      ...metadata,
    },
    spec: { containers: [{ name: 'compute', image: 'launcher:1' }], nodeName },
    status,
  };
}

/** Status of a pod whose launcher runs. */
export const runningPod: Pod['status'] = {
  phase: 'Running',
  qosClass: 'Burstable',
  containerStatuses: [
    { name: 'compute', ready: true, restartCount: 0, image: '', imageID: '', state: { running: {} } },
  ],
};

/** The copy of a machine's spec that its start made. */
export function revisionOf(machine: VirtualMachine): ControllerRevision {
  return {
    metadata: { name: `revision-start-vm-vm-uid-${machine.metadata.generation ?? 0}`, uid: 'revision-uid' },
    revision: machine.metadata.generation ?? 0,
    data: { spec: machine.spec },
  };
}

const noReferences: FoundReferences = { instancetype: { state: 'none' }, preference: { state: 'none' } };

/** What a pass knows of a machine that refers to nothing, at the beginning of 2026. */
export function observationOf(
  facts: Partial<MachineObservation> & Pick<MachineObservation, 'machine'>,
): MachineObservation {
  return {
    instance: undefined,
    nameTaken: false,
    startRevisions: [revisionOf(facts.machine)],
    references: noReferences,
    startedReferences: noReferences,
    configuration: clusterConfiguration(),
    now: Date.UTC(2026, 0, 1),
    ...facts,
  };
}
