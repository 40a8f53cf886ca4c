export { defaultInstance, type InstanceDefaultsInput } from './instance.ts';
export { defaultInstanceSpec } from './instance-spec.ts';
export { defaultVirtualMachine, type MachineDefaultsInput } from './virtual-machine.ts';
