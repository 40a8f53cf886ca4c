import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { architectureSettings } from '../configuration/lookups.ts';
import type { SpecDefault } from './spec-default.ts';

/** Architecture and machine type of instances that name none (KubeVirt defaulting D1-1 and D1-2). */
export const machineDefaults: SpecDefault = (spec, configuration) => {
  const architecture = spec.architecture || configuration.defaultArchitecture;
  const type = spec.domain.machine?.type || architectureSettings(configuration, architecture).machineType;
  return { ...spec, architecture, domain: { ...spec.domain, machine: { ...spec.domain.machine, type } } };
};

/** Sets missing identities of the firmware from `uuid`, called once for each. The serial number only where asked for. */
export function withFirmwareIdentity(
  spec: VirtualMachineInstanceSpec,
  uuid: () => string,
  serial: boolean,
): VirtualMachineInstanceSpec {
  const { firmware } = spec.domain;
  const complete = {
    ...firmware,
    uuid: firmware?.uuid || uuid(),
    ...(serial ? { serial: firmware?.serial || uuid() } : {}),
  };
  return { ...spec, domain: { ...spec.domain, firmware: complete } };
}
