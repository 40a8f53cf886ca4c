import { z } from 'zod';
import { DiskSchema } from './spec/disk.ts';
import { FirmwareSchema } from './spec/firmware.ts';
import { InterfaceSchema } from './spec/interface.ts';

/** Guest CPU. Counts are at least 1; vCPUs = sockets x cores x threads. */
export const CpuSchema = z.strictObject({
  sockets: z.int().min(1),
  cores: z.int().min(1),
  threads: z.int().min(1),
  model: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('default') }),
    z.strictObject({ kind: z.literal('host-model') }),
    z.strictObject({ kind: z.literal('host-passthrough') }),
    z.strictObject({ kind: z.literal('named'), name: z.string().min(1) }),
  ]),
  features: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        policy: z.enum(['force', 'require', 'optional', 'disable', 'forbid']),
      }),
    )
    .default([]),
});

/** Emulated watchdog and what happens when the guest stops feeding it. */
export const WatchdogSchema = z.strictObject({
  id: z.string().min(1),
  model: z.enum(['i6300esb', 'itco', 'diag288']),
  action: z.enum(['reset', 'shutdown', 'poweroff']),
});

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
  memory: z.strictObject({ sizeBytes: z.int().min(1024 * 1024) }),
  firmware: FirmwareSchema,
  disks: z.array(DiskSchema).default([]),
  interfaces: z.array(InterfaceSchema).default([]),
  /** First serial port, reachable as console 0 through the `consoles` facet; `log` keeps a copy of its output. */
  serialConsole: z.strictObject({ log: z.boolean().default(true) }).optional(),
  /** A display reachable through the `display` facet (VNC protocol). */
  display: z.strictObject({ videoModel: z.enum(['vga', 'virtio', 'none']).default('vga') }).optional(),
  /** A channel to the QEMU guest agent. */
  guestAgentChannel: z.boolean().default(true),
  /** A virtio random number generator fed by the host. */
  rng: z.boolean().default(false),
  watchdog: WatchdogSchema.optional(),
  /** A memory balloon with statistics every `statsPeriodSeconds` (0 = none). */
  balloon: z.strictObject({ statsPeriodSeconds: z.int().min(0) }).optional(),
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
export type Cpu = z.output<typeof CpuSchema>;
export type Watchdog = z.output<typeof WatchdogSchema>;
