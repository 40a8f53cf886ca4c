import type { ClusterConfiguration } from '../../../configuration/cluster-configuration.ts';
import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';

/** NVIDIA, as PCI knows it. */
const vendor = '10DE';
/** The GPUs of Grace Hopper and Grace Blackwell superchips. */
const graceDevices: readonly string[] = ['2342', '2348', '2941'];

/** A device of the host that an instance asks for, and what the cluster's configuration lets it be of NVIDIA's. */
export interface RequestedDevice {
  /** Such as `gpus[0].deviceName`, below `S.domain.devices`. */
  readonly member: string;
  /** It may be the GPU of a Grace superchip. */
  readonly grace: boolean;
  /** Any device of NVIDIA's may be meant. */
  readonly anyOfVendor: boolean;
}

/** The devices of the host that an instance asks for by name, GPUs first. */
export function requestedDevices(
  { domain: { devices } }: VirtualMachineInstanceSpec,
  configuration: ClusterConfiguration,
): RequestedDevice[] {
  return (['gpus', 'hostDevices'] as const).flatMap((kind) =>
    (devices[kind] ?? []).map(({ deviceName }, index): RequestedDevice => {
      const selected = nvidiaDevices(deviceName, configuration);
      return {
        member: `${kind}[${index}].deviceName`,
        grace: selected.some((device) => graceDevices.includes(device)),
        anyOfVendor: selected.includes('*'),
      };
    }),
  );
}

/** Device ids of NVIDIA's that a resource name stands for, in capitals and without `0x`; `*` for all. */
function nvidiaDevices(resource: string | undefined, { values }: ClusterConfiguration): string[] {
  return (values.permittedHostDevices?.pciHostDevices ?? [])
    .filter(({ resourceName }) => resource !== undefined && resourceName === resource)
    .map(({ pciVendorSelector }) => pciVendorSelector.split(':').map(hexadecimal))
    .filter((ids) => ids.length === 2 && ids[0] === vendor)
    .map(([, device = '']) => device);
}

function hexadecimal(text: string): string {
  return text.trim().toUpperCase().replace(/^0X/, '');
}
