import type { ClusterConfiguration } from '@virtkit/admission';
import { Quantity, type ContainerResources, type VirtualMachineInstance } from '@virtkit/core-types';
import { ControllerError } from '../../runtime/errors.ts';
import { addOne, type Amounts } from './amounts.ts';
import type { LauncherFacts } from './facts.ts';

const prefix = 'devices.kubevirt.io';

/** Device files that virtualization needs, one of each; a hypervisor that simulates needs none. */
export function deviceFiles(
  { spec }: VirtualMachineInstance,
  { values }: ClusterConfiguration,
  hypervisor: string,
): Amounts {
  if (hypervisor !== 'kvm-qemu') return {};
  const one = Quantity.parse(1);
  const { useEmulation } = values.developerConfiguration;
  const { interfaces = [], autoattachPodInterface, autoattachVSOCK } = spec.domain.devices;
  const virtio = interfaces.some(({ model }) => model === undefined || model === '' || model === 'virtio');
  return {
    ...(useEmulation ? {} : { [`${prefix}/kvm`]: one }),
    ...(interfaces.length > 0 || autoattachPodInterface !== false ? { [`${prefix}/tun`]: one } : {}),
    ...(!useEmulation && virtio ? { [`${prefix}/vhost-net`]: one } : {}),
    ...(autoattachVSOCK === true ? { [`${prefix}/vhost-vsock`]: one } : {}),
  };
}

/** Adds the devices of nodes that the instance names, one of each for each time it is named. */
export function addNodeDevices(
  instance: VirtualMachineInstance,
  configuration: ClusterConfiguration,
  { networkResources }: LauncherFacts,
  requests: Amounts,
  limits: Amounts,
): void {
  requirePermitted(instance, configuration);
  const byMultus = configuration.gates.has('ExternalNetResourceInjection')
    ? []
    : (networkResources?.values() ?? []);
  for (const name of [...byMultus, ...passedThrough(instance), ...platformDevices(instance, configuration)]) {
    addOne(requests, name);
    addOne(limits, name);
  }
}

type NodeDevice = {
  readonly name: string;
  readonly deviceName?: string | undefined;
  readonly claimName?: string | undefined;
  readonly requestName?: string | undefined;
};

/** GPUs and other devices that a device plug-in hands out; those of a resource claim have no name of their own. */
function passedThrough({ spec }: VirtualMachineInstance): string[] {
  const { gpus = [], hostDevices = [] } = spec.domain.devices;
  return [...gpus, ...hostDevices].flatMap(({ deviceName }) =>
    deviceName === undefined || deviceName === '' ? [] : [deviceName],
  );
}

function platformDevices({ spec }: VirtualMachineInstance, { gates }: ClusterConfiguration): string[] {
  const { launchSecurity, devices } = spec.domain;
  const reservation = (devices.disks ?? []).some(({ lun }) => lun?.reservation === true);
  return [
    ...(launchSecurity?.sev !== undefined || launchSecurity?.snp !== undefined ? [`${prefix}/sev`] : []),
    ...(launchSecurity?.tdx !== undefined ? [`${prefix}/tdx`] : []),
    ...(reservation ? [`${prefix}/pr-helper`] : []),
    ...(gates.has('IOMMUFD') ? [`${prefix}/iommufd`] : []),
  ];
}

/** @throws ControllerError `unsupported` naming every device that the cluster's configuration does not permit */
function requirePermitted({ spec }: VirtualMachineInstance, { values }: ClusterConfiguration): void {
  const permitted = values.permittedHostDevices;
  if (permitted === undefined) return;
  const names = new Set(
    [...(permitted.pciHostDevices ?? []), ...(permitted.mediatedDevices ?? []), ...(permitted.usb ?? [])].map(
      ({ resourceName }) => resourceName,
    ),
  );
  const { gpus = [], hostDevices = [] } = spec.domain.devices;
  const refused = (kind: string, devices: readonly NodeDevice[]): string[] =>
    devices.flatMap(({ name, deviceName, claimName }) =>
      claimName !== undefined || (deviceName !== undefined && names.has(deviceName))
        ? []
        : [`${kind} ${name} is not permitted by the cluster's permittedHostDevices`],
    );
  const problems = [...refused('GPU', gpus), ...refused('HostDevice', hostDevices)];
  if (problems.length > 0) throw new ControllerError('unsupported', problems.join(' '));
}

/** Requests of resource claims by devices and networks (dynamic resource allocation). */
export function resourceClaims(
  { spec }: VirtualMachineInstance,
  { gates }: ClusterConfiguration,
): ContainerResources['claims'] {
  const { gpus = [], hostDevices = [] } = spec.domain.devices;
  const users: readonly Omit<NodeDevice, 'name'>[] = [
    ...(gates.has('GPUsWithDRA') ? gpus : []),
    ...(gates.has('HostDevicesWithDRA') ? hostDevices : []),
    ...(gates.has('NetworkDevicesWithDRA')
      ? (spec.networks ?? []).flatMap(({ resourceClaim }) => resourceClaim ?? [])
      : []),
  ];
  const claims = users.flatMap(({ claimName, requestName }) =>
    claimName === undefined
      ? []
      : [{ name: claimName, ...(requestName === undefined ? {} : { request: requestName }) }],
  );
  return claims.length === 0 ? undefined : claims;
}
