import { z } from 'zod';
import { PciAddressSchema } from './pci.ts';

const port = z.int().min(1).max(65535);

/** Where a network interface's frames go. */
export const InterfaceBackendSchema = z.discriminatedUnion('kind', [
  /** An existing tap device that somebody else made and connected; the hypervisor only opens it. */
  z.strictObject({ kind: z.literal('tap'), device: z.string().regex(/^[A-Za-z0-9_.-]{1,15}$/) }),
  /** User-mode networking inside the hypervisor process; `forwards` open host ports towards the guest. */
  z.strictObject({
    kind: z.literal('user'),
    forwards: z
      .array(
        z.strictObject({
          protocol: z.enum(['tcp', 'udp']),
          hostAddress: z.string(),
          hostPort: port,
          guestPort: port,
        }),
      )
      .default([]),
  }),
  /** The program passt: user-mode networking in a process of its own, with the addresses of `device`. */
  z.strictObject({
    kind: z.literal('passt'),
    device: z.string().regex(/^[A-Za-z0-9_.-]{1,15}$/),
    logPath: z.string().startsWith('/').optional(),
    /** What is let in; a protocol without ranges is let in whole. */
    forwards: z
      .array(
        z.strictObject({
          protocol: z.enum(['tcp', 'udp']),
          ranges: z
            .array(z.strictObject({ start: port, end: port.optional(), exclude: z.boolean().default(false) }))
            .default([]),
        }),
      )
      .default([]),
  }),
]);

/** One network interface of the guest. */
export const InterfaceSchema = z.strictObject({
  /** Unique in the machine; comes back in `Observed.interfaces` (Virtkit uses the interface's name). */
  id: z.string().min(1),
  model: z.enum(['virtio', 'e1000', 'e1000e', 'rtl8139', 'ne2k_pci', 'pcnet', 'igb']),
  mac: z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/),
  backend: InterfaceBackendSchema,
  /** Bytes; absent means 1500. */
  mtu: z.int().min(68).max(65535).optional(),
  bootOrder: z.int().min(1).optional(),
  linkUp: z.boolean().default(true),
  /** Pairs of queues, served by the kernel where it runs the guest; only for virtio. A tap must have been made for several. */
  queues: z.int().min(1).max(256).optional(),
  pciAddress: PciAddressSchema.optional(),
  /** Number by which the guest's firmware names the interface. */
  acpiIndex: z.int().min(1).optional(),
});

export type InterfaceBackend = z.output<typeof InterfaceBackendSchema>;
export type Interface = z.output<typeof InterfaceSchema>;
