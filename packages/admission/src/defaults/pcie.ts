import { annotations, type VirtualMachineInstanceSpec } from '@virtkit/core-types';

/** How devices are placed on PCI Express machines; written down so that a later version does not move them. */
const topologyVersion = 'v3';

/** Whether a machine has PCI Express: amd64 and arm64 unless their machine type is an old one. */
export function usesPciExpress({ architecture = '', domain }: VirtualMachineInstanceSpec): boolean {
  if (!['amd64', 'arm64', ''].includes(architecture)) return false;
  if (domain.machine === undefined) return true;
  const { type = '' } = domain.machine;
  return type.includes('q35') || type.startsWith('virt');
}

/** The annotations with the placement of PCI Express devices, for a machine that has them and no other placement. */
export function withPciTopology(
  given: Readonly<Record<string, string>> | undefined,
  spec: VirtualMachineInstanceSpec,
): Record<string, string> | undefined {
  if (!usesPciExpress(spec)) return given;
  return { [annotations.pciTopologyVersion]: topologyVersion, ...given };
}
