import { z } from 'zod';
import { ClockSchema } from './spec/clock.ts';
import { CpuSchema } from './spec/cpu.ts';
import { BalloonSchema, DisplaySchema, ExtraDevicesSchema, WatchdogSchema } from './spec/devices.ts';
import { DiskSchema } from './spec/disk.ts';
import { FeaturesSchema } from './spec/features.ts';
import { FirmwareSchema } from './spec/firmware.ts';
import { HostDeviceSchema } from './spec/host-device.ts';
import { InterfaceSchema } from './spec/interface.ts';
import { IoThreadsSchema } from './spec/io-threads.ts';
import { LaunchSecuritySchema } from './spec/launch-security.ts';
import { MemorySchema } from './spec/memory.ts';
import { PciSchema } from './spec/pci.ts';

/**
 * Everything a hypervisor needs to make one machine: no names that must still be looked up in an API, no defaults that
 * depend on the host. Sizes are bytes, times are seconds. Plain JSON, so it can be stored, compared and sent.
 */
export const MachineSpecSchema = z.strictObject({
  /** Version of this shape; a backend refuses one it does not know. */
  version: z.literal(1),
  /** Stable identity, unique for ever on a host (Virtkit uses the VirtualMachineInstance's UID). */
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/),
  /** Human-readable name, unique among live machines of one hypervisor connection (`namespace_name`). */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,319}$/),
  /** Free labels that come back in `list()`. */
  labels: z.record(z.string(), z.string()).default({}),
  architecture: z.enum(['x86_64', 'aarch64', 's390x']),
  /** Machine type as the hypervisor family names it, for example `q35`; empty string means the backend's default. */
  machineType: z.string().default(''),
  /** `hardware` fails where hardware virtualisation is unusable; `prefer-hardware` falls back to emulation. */
  acceleration: z.enum(['hardware', 'emulation', 'prefer-hardware']),
  cpu: CpuSchema,
  memory: MemorySchema,
  firmware: FirmwareSchema,
  /** Absent: UTC and the machine type's timers. */
  clock: ClockSchema.optional(),
  /** Absent: ACPI, and what the architecture cannot be without. */
  features: FeaturesSchema.optional(),
  launchSecurity: LaunchSecuritySchema.optional(),
  disks: z.array(DiskSchema).default([]),
  interfaces: z.array(InterfaceSchema).default([]),
  hostDevices: z.array(HostDeviceSchema).optional(),
  /** Whether the hypervisor reaches passed-through devices through a descriptor that it is handed (iommufd). */
  hostDevicesByDescriptor: z.boolean().optional(),
  ioThreads: IoThreadsSchema.optional(),
  /** Virtio devices speak the old dialect too, which guests before 2016 need. Absent: only the present one. */
  virtioTransitional: z.boolean().optional(),
  /** Whether disks can be added to the running machine. Absent: no. */
  diskHotplug: z.boolean().optional(),
  pci: PciSchema.optional(),
  /** First serial port, reachable as console 0 through the `consoles` facet; `log` keeps a copy of its output. */
  serialConsole: z.strictObject({ log: z.boolean().default(true) }).optional(),
  /** A display reachable through the `display` facet (VNC protocol). */
  display: DisplaySchema.optional(),
  /** A channel to the QEMU guest agent. */
  guestAgentChannel: z.boolean().default(true),
  /** A virtio random number generator fed by the host. */
  rng: z.boolean().default(false),
  watchdog: WatchdogSchema.optional(),
  balloon: BalloonSchema.optional(),
  extraDevices: ExtraDevicesSchema.optional(),
  /** What a reboot from inside the guest does. */
  onReboot: z.enum(['restart', 'terminate']).default('restart'),
  /** Whether `start()` leaves the guest's CPUs stopped until `resume`. */
  startPaused: z.boolean().default(false),
  /** How long a graceful stop may take before the machine may be killed, in seconds; 0 means kill at once. */
  gracePeriodSeconds: z.int().min(0).default(30),
  /** Options that only one backend understands, under that backend's name; other backends refuse a non-empty entry. */
  backend: z.record(z.string(), z.json()).default({}),
});

export type MachineSpec = z.output<typeof MachineSpecSchema>;
/** The same before defaults were filled in. */
export type MachineSpecInput = z.input<typeof MachineSpecSchema>;
