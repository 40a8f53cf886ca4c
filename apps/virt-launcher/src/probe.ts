import { readFile } from 'node:fs/promises';
import type { NodeCapabilities } from '@virtkit/hal-kvm-qemu';
import { LauncherError } from './errors.ts';

const nobody = { uid: 65534, gid: 65534 };

/** What this machine can do for guests, as `virt-launcher probe` prints it. */
export interface MachineProbe {
  libvirt: { state: 'available'; version: string } | { state: 'missing'; reason: string };
  kvm: { state: 'usable' | 'unusable' | 'absent' | 'forbidden'; reason?: string; ratio?: number };
  /** What guests can have, for the labels of the node; only where a capability cache is kept. */
  host?: HostProbe;
}

/** What libvirt tells of the host, and whether real-time tasks may use all of a CPU's time. */
interface HostProbe extends NodeCapabilities {
  realtime: boolean;
}

/**
 * Looks for libvirt and measures whether `/dev/kvm` really speeds guests up. Takes about 0.3 s. Never fails for what the
 * machine lacks: that is the answer.
 *
 * @param capabilityCache Where to keep what libvirt learns about QEMU, for the launchers of this machine; takes seconds when
 *   it is not there yet.
 * @throws LauncherError `backend-unavailable` when the package with the native binding is not installed.
 */
export async function probeMachine(capabilityCache?: string): Promise<MachineProbe> {
  const { libvirtVersion, probeKvm, refreshCapabilityCache } = await import('@virtkit/hal-kvm-qemu').catch(
    (cause: unknown) => {
      throw new LauncherError('backend-unavailable', 'the package @virtkit/hal-kvm-qemu cannot be loaded', {
        cause,
      });
    },
  );
  const [libvirt, kvm] = await Promise.all([libvirtVersion(), probeKvm()]);
  const capabilities =
    capabilityCache !== undefined && libvirt.state === 'available'
      ? await refreshCapabilityCache({
          folder: capabilityCache,
          virtType: kvm.state === 'usable' ? 'kvm' : 'qemu',
          // libvirt's session mode is for other users than root.
          ...(process.getuid?.() === 0 && { runAs: nobody }),
        })
      : undefined;
  return {
    libvirt,
    ...(capabilities && { host: { ...capabilities, realtime: await isRealtimeUnlimited() } }),
    kvm: {
      state: kvm.state,
      ...('reason' in kvm && { reason: kvm.reason }),
      ...('ratio' in kvm && kvm.ratio !== undefined && { ratio: kvm.ratio }),
    },
  };
}

/** Linux: -1 means that real-time tasks are not throttled. */
async function isRealtimeUnlimited(): Promise<boolean> {
  try {
    return (await readFile('/proc/sys/kernel/sched_rt_runtime_us', 'utf8')).trim() === '-1';
  } catch (error) {
    // A kernel without real-time throttling of groups, or a sandbox that hides it, has no such setting.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
