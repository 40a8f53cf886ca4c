import type { HypervisorCapabilities, InterfaceBackend } from '@virtkit/hal';

/** The disk image behind a volume, as the launcher sees it. */
export interface ImageFact {
  path: string;
  format: 'raw' | 'qcow2';
}

/** What planning must know beside the instance: looked up before, passed as data. */
export interface MachineFacts {
  /** Images by the name of their volume. */
  images: Readonly<Record<string, ImageFact>>;
  /** Kernel and initrd of `firmware.kernelBoot.container`. */
  kernelBoot?: { path: string; initrdPath?: string };
  /** What each interface is connected to, by its name; MTU in bytes. */
  interfaces: Readonly<Record<string, { backend: InterfaceBackend; mtu?: number }>>;
  hardwareVirtualization: HypervisorCapabilities['hardwareVirtualization'];
}

/** Cluster-wide choices (from the KubeVirt object). */
export interface PlanConfiguration {
  /** `developerConfiguration.useEmulation`: fall back to software emulation where hardware virtualisation is unusable. */
  useEmulation: boolean;
  /** `configuration.smbios`. */
  smbios?: { manufacturer?: string; product?: string; version?: string; family?: string; sku?: string };
  /** Seconds between balloon statistics, 0 for none. Default 10. */
  memBalloonStatsPeriod?: number;
}
