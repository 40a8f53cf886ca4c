import { z } from 'zod';

const path = z.string().startsWith('/');
const id = z.string().min(1);

/** Emulated watchdog and what happens when the guest stops feeding it. */
export const WatchdogSchema = z.strictObject({
  id,
  model: z.enum(['i6300esb', 'itco', 'diag288']),
  action: z.enum(['reset', 'shutdown', 'poweroff']),
});

/** A display reachable through the `display` facet (VNC protocol). */
export const DisplaySchema = z.strictObject({
  videoModel: z.enum(['vga', 'virtio', 'bochs', 'cirrus', 'ramfb', 'none']).default('vga'),
  /** Video memory, in bytes; absent: the adapter's own. */
  videoMemoryBytes: z.int().min(1).optional(),
});

/** Keyboard, mouse or tablet (a pointer with absolute positions). */
export const InputSchema = z.strictObject({
  /** Absent for a device that only has to be there. */
  id: id.optional(),
  type: z.enum(['tablet', 'keyboard', 'mouse']),
  bus: z.enum(['usb', 'virtio']),
});

/** A sound card; what it plays goes to whoever looks at the display, or nowhere. */
export const SoundSchema = z.strictObject({ id, model: z.enum(['ich9', 'ac97']) });

/** A trusted platform module 2.0; what a persistent one keeps outlives the machine's definition. */
export const TpmSchema = z.strictObject({
  persistent: z.boolean().default(false),
  /** Folder of the host with the state of persistent ones, each in a folder named by the UUID of the machine's firmware. */
  stateFolder: path.optional(),
});

/** A device by which the guest reports a crash of its own. */
export const PanicDeviceSchema = z.strictObject({ model: z.enum(['hyperv', 'isa', 'pvpanic']).optional() });

/** A socket family between host and guest; the guest is reached under `cid`. */
export const VsockSchema = z.strictObject({ cid: z.int().min(3).max(0xffff_fffe) });

/** A directory of the host that a virtiofs server behind `socket` shares under the name `tag`. */
export const SharedDirectorySchema = z.strictObject({ tag: z.string().min(1).max(36), socket: path });

/** Memory that the guest gives back on request, with statistics every `statsPeriodSeconds` (0 = none). */
export const BalloonSchema = z.strictObject({
  statsPeriodSeconds: z.int().min(0),
  /** Whether the guest tells which pages it does not use. Absent: yes. */
  freePageReporting: z.boolean().optional(),
});

/** Devices that few machines have. */
export const ExtraDevicesSchema = z.strictObject({
  inputs: z.array(InputSchema).default([]),
  sound: SoundSchema.optional(),
  tpm: TpmSchema.optional(),
  panicDevices: z.array(PanicDeviceSchema).default([]),
  vsock: VsockSchema.optional(),
  sharedDirectories: z.array(SharedDirectorySchema).default([]),
  /** Unix sockets at which a client may plug in USB devices of its own, one each. */
  usbRedirectionSockets: z.array(path).default([]),
  /** Unix socket of the program that answers the guest's questions for figures of the host (vhostmd). */
  hostMetricsSocket: path.optional(),
});

export type Watchdog = z.output<typeof WatchdogSchema>;
export type Display = z.output<typeof DisplaySchema>;
export type Input = z.output<typeof InputSchema>;
export type Balloon = z.output<typeof BalloonSchema>;
export type SharedDirectory = z.output<typeof SharedDirectorySchema>;
export type ExtraDevices = z.output<typeof ExtraDevicesSchema>;
