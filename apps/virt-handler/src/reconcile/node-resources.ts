import type { VirtualMachineInstance } from '@virtkit/core-types';
import type { Facts, FactsRequest } from '@virtkit/launcher-api';
import type { MachineFacts } from '@virtkit/machine-plan';

/** What of the node's devices and CPUs the launcher is to look up: what was set aside for its Pod alone. */
export function nodeResourcesRequest({
  spec,
}: VirtualMachineInstance): Pick<FactsRequest, 'devices' | 'cpus'> {
  const { cpu, devices } = spec.domain;
  const passed = [...(devices.gpus ?? []), ...(devices.hostDevices ?? [])];
  return {
    devices: [...new Set(passed.flatMap(({ deviceName }) => (deviceName ? [deviceName] : [])))],
    cpus: cpu?.dedicatedCpuPlacement === true,
  };
}

/** The launcher's findings as facts for planning. */
export function nodeResourceFacts({
  devices,
  cpus,
}: Facts): Pick<MachineFacts, 'devices' | 'hostCpus' | 'hostNodes'> {
  return {
    ...(devices && { devices: { ...devices, networks: {}, claims: {} } }),
    ...(cpus && { hostCpus: cpus.own, hostNodes: cpus.nodes }),
  };
}
