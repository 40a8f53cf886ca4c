import { HalError, type HypervisorCapabilities, type MachineSpec } from '@virtkit/hal';
import type { VirtType } from './domain-xml/render.ts';

/**
 * Whether the host's CPU runs guests: `usable`, `unusable` (there, but see `reason`) or `absent`; {@link probeKvm}
 * finds out.
 */
export type HardwareVirtualization = HypervisorCapabilities['hardwareVirtualization'];

/** The kernel's interface to the CPU's virtualisation: Linux's own, or the one under Microsoft's hypervisor. */
export type Accelerator = Exclude<VirtType, 'qemu'>;

/**
 * What runs the guest's code.
 * @throws HalError `hypervisor-unavailable` with the probe's reason when hardware is demanded and unusable.
 */
export function decideAcceleration(
  wanted: MachineSpec['acceleration'],
  hardware: HardwareVirtualization,
  accelerator: Accelerator = 'kvm',
): VirtType {
  if (wanted === 'emulation') return 'qemu';
  if (hardware.state === 'usable') return accelerator;
  if (wanted === 'prefer-hardware') return 'qemu';
  throw new HalError(
    'hypervisor-unavailable',
    `hardware virtualisation is ${hardware.state}${hardware.reason === undefined ? '' : `: ${hardware.reason}`}; software emulation must be allowed explicitly`,
    { field: '/acceleration', retry: 'on-change' },
  );
}
