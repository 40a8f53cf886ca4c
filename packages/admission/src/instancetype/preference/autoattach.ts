import type {
  Devices,
  Input,
  VirtualMachineInstanceSpec,
  VirtualMachinePreferenceSpec,
} from '@virtkit/core-types';
import { defined } from './defined.ts';

/** Name of the input device that a machine gets which asks for one and names none. */
const defaultInputName = 'default-0';

/**
 * Which devices come by themselves, where the spec does not say (KubeVirt: auto-attach preferences). Applied on its own before
 * default devices are added, and once more with the rest of the preference.
 */
export function applyAutoattachPreferences(
  spec: VirtualMachineInstanceSpec,
  preference: VirtualMachinePreferenceSpec | undefined,
): VirtualMachineInstanceSpec {
  const wished = preference?.devices;
  if (wished === undefined) return spec;
  const { devices } = spec.domain;
  const attached: Partial<Devices> = {
    autoattachGraphicsDevice: devices.autoattachGraphicsDevice ?? wished.preferredAutoattachGraphicsDevice,
    autoattachMemBalloon: devices.autoattachMemBalloon ?? wished.preferredAutoattachMemBalloon,
    autoattachPodInterface: devices.autoattachPodInterface ?? wished.preferredAutoattachPodInterface,
    autoattachSerialConsole: devices.autoattachSerialConsole ?? wished.preferredAutoattachSerialConsole,
    autoattachInputDevice: devices.autoattachInputDevice ?? wished.preferredAutoattachInputDevice,
  };
  return { ...spec, domain: { ...spec.domain, devices: { ...devices, ...defined(attached) } } };
}

/**
 * An input device where the spec asks for one and lists none (KubeVirt: default input device). Its bus and type are left to the
 * preference, or else to the instance's defaults.
 */
export function defaultInputDevice(spec: VirtualMachineInstanceSpec): VirtualMachineInstanceSpec {
  const { devices } = spec.domain;
  if (devices.autoattachInputDevice !== true || (devices.inputs ?? []).length > 0) return spec;
  const input: Input = { name: defaultInputName, type: '' };
  return { ...spec, domain: { ...spec.domain, devices: { ...devices, inputs: [input] } } };
}
