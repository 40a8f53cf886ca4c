import type { HypervisorCapabilities, InterfaceBackend, MachineSpec } from '@virtkit/hal';

/** A disk image or block device that was found; the path is as seen by the process that runs the hypervisor. */
export interface ImageFact {
  path: string;
  format: 'raw' | 'qcow2';
  /** It is a block device. */
  block?: boolean;
  /** All of its space is allocated, and discarding would give some of it back. */
  preallocated?: boolean;
  /** Whether it can be read and written past the host's page cache; absent when nobody tried. */
  directIo?: boolean;
  /** What it reports as its block sizes, in bytes. */
  blockSizes?: { logical: number; physical: number; discardGranularity?: number };
}

/** Where the frames of one interface go. */
export interface InterfaceFact {
  backend: InterfaceBackend;
  /** Bytes. */
  mtu?: number;
  /** Address that the guest has to use, where the network expects that one. */
  mac?: string;
}

/** One NUMA node of the host. */
export interface HostNode {
  id: number;
  /** Cores, each with the numbers of its CPUs. */
  cores: readonly (readonly number[])[];
  /** To other nodes, by their id. */
  distances: readonly { node: number; value: number }[];
}

/** A device that a driver of dynamic resource allocation set aside for a claim's request. */
export type ClaimedDevice =
  { kind: 'pci'; address: string } | { kind: 'mediated'; uuid: string; model?: 'vfio-pci' | 'vfio-ap' };

/** Devices of the host that were set aside for this Pod, in the order in which they are used up. */
export interface DeviceFacts {
  /** PCI addresses by resource name. */
  pci: Readonly<Record<string, readonly string[]>>;
  /** UUIDs of mediated devices by resource name. */
  mediated: Readonly<Record<string, readonly string[]>>;
  usb: Readonly<Record<string, readonly { bus: number; device: number }[]>>;
  /** PCI addresses of SR-IOV functions by interface name. */
  networks: Readonly<Record<string, string>>;
  /** By `claim/request`. */
  claims: Readonly<Record<string, ClaimedDevice>>;
  /** Host NUMA node of a PCI device, by its address. */
  nodes?: Readonly<Record<string, number>>;
}

/** Everything that a plan needs and that only a node can know, gathered before planning. */
export interface MachineFacts {
  /** Images and block devices by volume name; others may be there too. */
  images: Readonly<Record<string, ImageFact>>;
  /** Files of the kernel boot image, when the instance names one. */
  kernelBoot?: { path: string; initrdPath?: string };
  /** Block sizes of the storage on which the hypervisor makes disks of its own; absent when nobody looked. */
  ownDisks?: NonNullable<ImageFact['blockSizes']>;
  /** By interface name. */
  interfaces: Readonly<Record<string, InterfaceFact>>;
  hardwareVirtualization: HypervisorCapabilities['hardwareVirtualization'];
  /** Architecture of the host; when known, what an instance of another one needs is judged here. */
  architecture?: MachineSpec['architecture'];
  devices?: DeviceFacts;
  /** Host CPUs that belong to the Pod alone, for an instance with dedicated CPUs. */
  hostCpus?: readonly number[];
  /** The host's NUMA nodes; none when the host does not tell. */
  hostNodes?: readonly HostNode[];
  /** Text of cloud-init data that stands in Secrets, by volume name. */
  cloudInitSecrets?: Readonly<Record<string, { userData?: string; networkData?: string }>>;
  /** Public SSH keys of the instance's access credentials that cloud-init is to install. */
  sshKeys?: readonly string[];
  /** Whether VSOCK addresses of this Pod are its own; then every guest has the same. */
  ownVsockAddresses?: boolean;
}
