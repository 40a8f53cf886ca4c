/** What the images are made of: the one place to change when a program needs another package. */

/** Debian packages of every image beside the essential ones. */
const basePackages = [
  // Node's libraries.
  ...['libstdc++6', 'libatomic1'],
  // Roots of TLS, for whatever looks for them where the system has them.
  'ca-certificates',
  // Pid 1 where orphans have to be reaped.
  'tini',
];

/** A set of Debian packages on top of those of every image; shared by the images that name it. */
export interface PackageSet {
  readonly name: string;
  readonly packages: readonly string[];
}

/** Every image starts with it, so a node downloads and keeps it once. */
export const base: PackageSet = { name: 'base', packages: basePackages };

const handlerPackages: PackageSet = {
  name: 'virt-handler',
  packages: [
    ...base.packages,
    // Links and addresses in the network namespaces of Pods.
    'iproute2',
    // Address translation for guests.
    'nftables',
  ],
};

const launcherPackages: PackageSet = {
  name: 'virt-launcher',
  packages: [
    ...base.packages,
    // The emulator with its firmware, and qemu-img.
    ...['qemu-system-x86', 'qemu-utils', 'seabios', 'ovmf'],
    // One private daemon per launcher, and the library that the native binding opens.
    ...['libvirt0', 'libvirt-daemon', 'libvirt-daemon-driver-qemu'],
    // Cloud-init disks, TPMs, networking without privileges.
    ...['xorriso', 'swtpm', 'swtpm-tools', 'passt'],
    // What Debian 12's virtiofsd needs to run without privileges.
    'bubblewrap',
  ],
};

/** An image with one of our programs. */
export interface ProgramImage {
  /** Of the program, its folder in `apps` and the image. */
  readonly name: string;
  readonly description: string;
  /** Packages beside the base. */
  readonly packages?: PackageSet;
  /** `UID:GID` that the program runs as unless its Pod says otherwise. */
  readonly user: string;
}

/** User of programs that need no rights on their machine. */
const unprivileged = '1001:1001';

export const programImages: readonly ProgramImage[] = [
  { name: 'virt-operator', description: 'Installs and updates the others', user: unprivileged },
  { name: 'virt-api', description: 'Admission and subresources', user: unprivileged },
  { name: 'virt-controller', description: 'Cluster-wide controllers', user: unprivileged },
  { name: 'virt-handler', description: 'Node agent', packages: handlerPackages, user: '0:0' },
  {
    name: 'virt-launcher',
    description: 'One virtual machine: launcher, libvirt and QEMU',
    packages: launcherPackages,
    user: '107:107',
  },
];

/** The tiny guest as a disk image, under the name that the examples use. */
export const guestImage = {
  name: 'tiny-guest',
  tag: '1',
  description: 'Disk of a tiny Linux guest for demos and tests',
} as const;
