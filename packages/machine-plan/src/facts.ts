import { builtInConfiguration, clusterConfiguration, type ClusterConfiguration } from '@virtkit/admission';
import type { HypervisorCapabilities, InterfaceBackend, MachineSpec } from '@virtkit/hal';

/** A disk image that was found; the path is as seen by the process that runs the hypervisor. */
export interface ImageFact {
  path: string;
  format: 'raw' | 'qcow2';
}

/** Where the frames of one interface go. */
export interface InterfaceFact {
  backend: InterfaceBackend;
  /** Bytes. */
  mtu?: number;
}

/** Everything that a plan needs and that only a node can know, gathered before planning. */
export interface MachineFacts {
  /** Images of containerDisks by volume name; others may be there too. */
  images: Readonly<Record<string, ImageFact>>;
  /** Files of the kernel boot image, when the instance names one. */
  kernelBoot?: { path: string; initrdPath?: string };
  /** By interface name. */
  interfaces: Readonly<Record<string, InterfaceFact>>;
  hardwareVirtualization: HypervisorCapabilities['hardwareVirtualization'];
  /** Architecture of the host; when known, an instance of another one is refused here and not by the hypervisor. */
  architecture?: MachineSpec['architecture'];
}

/** What a plan takes from the cluster's configuration. */
export interface PlanConfiguration {
  /** `developerConfiguration.useEmulation`: run guests by software where hardware virtualisation does not work. */
  useEmulation: boolean;
  /** `configuration.smbios`: system strings. Default: KubeVirt's. */
  smbios?: { manufacturer?: string; product?: string; version?: string; family?: string; sku?: string };
  /** Seconds between balloon statistics, 0 for none. Default 10. */
  memBalloonStatsPeriod?: number;
}

/** What a plan takes from the configuration in force; KubeVirt's defaults without one. */
export function machineConfiguration(
  { values }: ClusterConfiguration = clusterConfiguration(),
): PlanConfiguration {
  const { developerConfiguration, smbios, memBalloonStatsPeriod } = values;
  return {
    useEmulation: developerConfiguration.useEmulation,
    smbios: smbiosStrings(smbios),
    memBalloonStatsPeriod,
  };
}

/** The strings with KubeVirt's where there is none; a hypervisor writes nothing for one that is absent. */
export function smbiosStrings(
  given: Readonly<Record<string, string | undefined>> = {},
): NonNullable<PlanConfiguration['smbios']> {
  const set = (strings: typeof given) =>
    Object.fromEntries(Object.entries(strings).filter(([, text]) => text !== undefined && text !== ''));
  return { ...set(builtInConfiguration.smbios), ...set(given) };
}
