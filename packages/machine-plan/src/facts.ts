import type { KubeVirt } from '@virtkit/core-types';
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

/** KubeVirt's SMBIOS strings where the cluster names none. */
const defaultSmbios = { manufacturer: 'KubeVirt', product: 'None', family: 'KubeVirt' };

/** Reads the configuration of a KubeVirt object, with KubeVirt's defaults where it is silent or absent. */
export function machineConfiguration(kubevirt?: KubeVirt): PlanConfiguration {
  const { developerConfiguration, smbios, memBalloonStatsPeriod } = kubevirt?.spec?.configuration ?? {};
  const { manufacturer, product, version, family, sku } = smbios ?? {};
  return {
    useEmulation: developerConfiguration?.useEmulation ?? false,
    smbios: smbiosStrings({ manufacturer, product, version, family, sku }),
    ...(memBalloonStatsPeriod !== undefined && { memBalloonStatsPeriod }),
  };
}

/** The strings with KubeVirt's where there is none; a hypervisor writes nothing for one that is absent. */
export function smbiosStrings(
  given: Readonly<Record<string, string | undefined>> = {},
): NonNullable<PlanConfiguration['smbios']> {
  const set = Object.entries(given).filter(([, text]) => text !== undefined && text !== '');
  return { ...defaultSmbios, ...Object.fromEntries(set) };
}
