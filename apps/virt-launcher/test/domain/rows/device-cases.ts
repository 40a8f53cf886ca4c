import type { Devices, VirtualMachineInstance } from '@virtkit/core-types';

type Change = (vmi: VirtualMachineInstance) => void;

/** Devices of an instance that is changed otherwise first. */
export const devices =
  (given: Partial<Devices>, also: Change = () => undefined): Change =>
  (vmi) => {
    also(vmi);
    Object.assign(vmi.spec.domain.devices, given);
  };
export const encrypted: Change = ({ spec }) => {
  spec.domain.launchSecurity = { sev: {} };
};
export const privateFolder = '/var/run/kubevirt-private';
export const field = 'spec.domain.devices';
