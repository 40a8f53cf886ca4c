import type {
  VirtualMachine,
  VirtualMachineInstanceSpec,
  VirtualMachineInstancetypeSpec,
  VirtualMachinePreferenceSpec,
} from '@virtkit/core-types';

/** A template without anything that an instance type sets. */
export function bareSpec(spec: Partial<VirtualMachineInstanceSpec> = {}): VirtualMachineInstanceSpec {
  return { domain: { devices: {} }, ...spec };
}

/** The smallest instance type: one virtual CPU, 1 GiB. */
export function sizeOf(spec: Partial<VirtualMachineInstancetypeSpec> = {}): VirtualMachineInstancetypeSpec {
  return { cpu: { guest: 1 }, memory: { guest: '1Gi' }, ...spec };
}

/** A preference for a topology. */
export function topologyOf(
  preferredCPUTopology: string,
  cpu: VirtualMachinePreferenceSpec['cpu'] = {},
): VirtualMachinePreferenceSpec {
  return { cpu: { preferredCPUTopology, ...cpu } };
}

/** A machine in the namespace `default`, with this part of its spec. */
export function machineOf(
  spec: Partial<VirtualMachine['spec']> = {},
  status?: VirtualMachine['status'],
): VirtualMachine {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name: 'vm', namespace: 'default', uid: 'vm-uid' },
    spec: { template: { spec: bareSpec() }, ...spec },
    ...(status === undefined ? {} : { status }),
  };
}
