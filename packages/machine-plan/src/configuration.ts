import { builtInConfiguration, clusterConfiguration, type ClusterConfiguration } from '@virtkit/admission';
import { annotations as keys } from '@virtkit/core-types';

/** What a plan takes from the cluster's configuration. */
export interface PlanConfiguration {
  /** `developerConfiguration.useEmulation`: run guests by software where hardware virtualisation does not work. */
  useEmulation: boolean;
  /** `configuration.smbios`: system strings. Default: KubeVirt's. */
  smbios?: { manufacturer?: string; product?: string; version?: string; family?: string; sku?: string };
  /** Seconds between balloon statistics, 0 for none. Default 10. */
  memBalloonStatsPeriod?: number;
  /** `virtualMachineOptions.disableFreePageReporting`. */
  disableFreePageReporting?: boolean;
  /** `virtualMachineOptions.disableSerialConsoleLog`: serial consoles are logged only where an instance asks for it. */
  disableSerialConsoleLog?: boolean;
  /** KubeVirt's annotation `kubevirt.io/vga-display-efi-x86`: VGA for UEFI guests too. */
  vgaForUefi?: boolean;
  /** `configuration.network.binding`: how plug-ins attach interfaces, by plug-in. */
  bindings?: Readonly<Record<string, { domainAttachmentType?: string | undefined }>>;
  /** `developerConfiguration.logVerbosity.virtLauncher`; beyond 5 the firmware's debug port is read too. */
  launcherVerbosity?: number;
  /** Feature gate FirmwareAutoSelection: the hypervisor chooses the firmware for Secure Boot. */
  firmwareAutoSelection?: boolean;
  /** Feature gate CrossArchitectureVirtualization: guests of another architecture than the host's, by emulation. */
  crossArchitecture?: boolean;
  /** Feature gate PCINUMAAwareTopology. */
  pciNumaAware?: boolean;
  /** Feature gate IOMMUFD. */
  iommufd?: boolean;
  /** Whether PCI ports are kept free for devices that are added later. Each costs the guest time at boot. Absent: no. */
  sparePciPorts?: boolean;
  /** Whether a controller for disks that are added later is there. Absent: no. */
  diskHotplug?: boolean;
}

/** Feature gates by what they switch on. */
const gated = {
  firmwareAutoSelection: 'FirmwareAutoSelection',
  crossArchitecture: 'CrossArchitectureVirtualization',
  pciNumaAware: 'PCINUMAAwareTopology',
  iommufd: 'IOMMUFD',
} as const;

/** KubeVirt: how much launchers log unless something else is said. */
const quietVerbosity = 2;

/** What a plan takes from the configuration in force; KubeVirt's defaults without one. */
export function machineConfiguration(
  { values, gates, annotations }: ClusterConfiguration = clusterConfiguration(),
): PlanConfiguration {
  const { developerConfiguration, smbios, memBalloonStatsPeriod, virtualMachineOptions, network } = values;
  const { binding } = network;
  const { virtLauncher } = developerConfiguration.logVerbosity;
  return {
    useEmulation: developerConfiguration.useEmulation,
    smbios: smbiosStrings(smbios),
    memBalloonStatsPeriod,
    sparePciPorts: true,
    diskHotplug: true,
    ...(virtualMachineOptions?.disableFreePageReporting !== undefined && { disableFreePageReporting: true }),
    ...(virtualMachineOptions?.disableSerialConsoleLog !== undefined && { disableSerialConsoleLog: true }),
    ...(annotations[keys.vgaDisplayEfiX86] !== undefined && { vgaForUefi: true }),
    ...(binding !== undefined && { bindings: binding }),
    ...(virtLauncher !== undefined && virtLauncher > quietVerbosity && { launcherVerbosity: virtLauncher }),
    ...Object.fromEntries(
      Object.entries(gated)
        .filter(([, gate]) => gates.has(gate))
        .map(([member]) => [member, true]),
    ),
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
