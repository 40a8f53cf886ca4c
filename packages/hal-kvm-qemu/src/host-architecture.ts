import { access, constants } from 'node:fs/promises';
import { HalError, type MachineSpec } from '@virtkit/hal';
import type { HardwareVirtualization } from './acceleration.ts';

type Architecture = MachineSpec['architecture'];

/** QEMU's program for each architecture of guests. */
export const emulators: Readonly<Record<Architecture, string>> = {
  x86_64: '/usr/bin/qemu-system-x86_64',
  aarch64: '/usr/bin/qemu-system-aarch64',
  s390x: '/usr/bin/qemu-system-s390x',
};
const debianPackages: Readonly<Record<Architecture, string>> = {
  x86_64: 'qemu-system-x86',
  aarch64: 'qemu-system-arm',
  s390x: 'qemu-system-misc',
};
const ofNode: Readonly<Record<string, Architecture>> = { x64: 'x86_64', arm64: 'aarch64', s390x: 's390x' };

/** Architectures whose emulator is installed, the host's first. */
export async function installedArchitectures(): Promise<Architecture[]> {
  const all: Architecture[] = ['x86_64', 'aarch64', 's390x'];
  const there = await Promise.all(all.map(async (one) => ((await isInstalled(one)) ? [one] : [])));
  const host = hostArchitecture();
  return there.flat().sort((a, b) => Number(b === host) - Number(a === host));
}

/** @throws HalError `unsupported` naming the package when guests of this architecture cannot be run here */
export async function requireEmulator(architecture: Architecture): Promise<void> {
  if (await isInstalled(architecture)) return;
  throw new HalError(
    'unsupported',
    `kvm-qemu: guests of ${architecture} need the package ${debianPackages[architecture]}`,
    { field: '/architecture', retry: 'on-change' },
  );
}

/** The host's virtualisation as guests of an architecture see it: a CPU runs its own instructions only. */
export function virtualizationFor(
  architecture: Architecture,
  hardware: HardwareVirtualization,
): HardwareVirtualization {
  if (architecture === hostArchitecture()) return hardware;
  return { state: 'absent', reason: `the host's CPU does not run ${architecture}` };
}

function hostArchitecture(): Architecture | undefined {
  return ofNode[process.arch];
}

async function isInstalled(architecture: Architecture): Promise<boolean> {
  try {
    await access(emulators[architecture], constants.X_OK);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
