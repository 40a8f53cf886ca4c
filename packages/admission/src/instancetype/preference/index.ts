import type { VirtualMachineInstanceSpec, VirtualMachinePreferenceSpec } from '@virtkit/core-types';
import { applyDevicePreferences } from './devices.ts';
import { applyClock, applyCpuFeatures, applyFeatures, applyFirmware } from './machine.ts';

export { applyAutoattachPreferences, defaultInputDevice } from './autoattach.ts';

/**
 * The spec with what the preference wishes where the spec is silent (KubeVirt defaulting, preference application). It never
 * conflicts; `disableHotplug` and ACPI are the two that it overwrites. Annotations are not part of the spec: see
 * `applyReferences`.
 */
export function applyPreference(
  spec: VirtualMachineInstanceSpec,
  preference: VirtualMachinePreferenceSpec,
): VirtualMachineInstanceSpec {
  return [
    applyCpuFeatures,
    applyDevicePreferences,
    applyFeatures,
    applyFirmware,
    applyMachine,
    applyClock,
    applyLife,
  ].reduce((applied, apply) => apply(applied, preference), spec);
}

function applyMachine(
  spec: VirtualMachineInstanceSpec,
  { machine }: VirtualMachinePreferenceSpec,
): VirtualMachineInstanceSpec {
  const wished = machine?.preferredMachineType || undefined;
  if (wished === undefined || spec.domain.machine?.type) return spec;
  return { ...spec, domain: { ...spec.domain, machine: { ...spec.domain.machine, type: wished } } };
}

function applyLife(
  spec: VirtualMachineInstanceSpec,
  preference: VirtualMachinePreferenceSpec,
): VirtualMachineInstanceSpec {
  const subdomain = spec.subdomain || preference.preferredSubdomain;
  const architecture = spec.architecture || preference.preferredArchitecture;
  const grace = spec.terminationGracePeriodSeconds ?? preference.preferredTerminationGracePeriodSeconds;
  const launchSecurity = spec.domain.launchSecurity ?? preference.preferredLaunchSecurity;
  return {
    ...spec,
    ...(subdomain === undefined ? {} : { subdomain }),
    ...(architecture === undefined ? {} : { architecture }),
    ...(grace === undefined ? {} : { terminationGracePeriodSeconds: grace }),
    domain: { ...spec.domain, ...(launchSecurity === undefined ? {} : { launchSecurity }) },
  };
}
