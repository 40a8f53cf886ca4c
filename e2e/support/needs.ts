import { requires, type Requirement } from '@virtkit/testing';
import type { TestContext } from 'vitest';

/** What guests with a Pod network need of the machine: the packages that `make setup` installs. */
const machine: readonly Requirement[] = [
  { kind: 'root' },
  { kind: 'command', name: 'bwrap', package: 'bubblewrap' },
  { kind: 'command', name: 'ip', package: 'iproute2' },
  { kind: 'command', name: 'nft', package: 'nftables' },
  { kind: 'command', name: 'kubectl', package: 'kubernetes-client' },
];

const realGuest: readonly Requirement[] = [
  { kind: 'device', path: '/dev/net/tun' },
  { kind: 'command', name: 'libvirtd', package: 'libvirt-daemon' },
  { kind: 'command', name: 'qemu-system-x86_64', package: 'qemu-system-x86' },
];

/** Skips, with the reason, where the platform cannot run as root. */
export const needsPlatform = (context: TestContext): void => requires(context, ...machine);

/** Skips, with the reason, where real guests cannot run. */
export const needsRealGuests = (context: TestContext): void => requires(context, ...machine, ...realGuest);
