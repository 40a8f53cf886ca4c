import { z } from 'zod';
import { PciAddressSchema } from './pci.ts';

/** A device of the host that the guest gets for itself. Whoever writes the spec has detached it from the host. */
export const HostDeviceSchema = z.strictObject({
  /** Unique among the host devices of the machine. */
  id: z.string().min(1),
  source: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('pci'),
      address: PciAddressSchema,
      /** Host NUMA node that it belongs to, where that is known. */
      hostNode: z.int().min(0).optional(),
    }),
    /** A part of a device, by the UUID that the host's driver gave it. */
    z.strictObject({ kind: z.literal('mediated'), uuid: z.uuid(), model: z.enum(['vfio-pci', 'vfio-ap']) }),
    z.strictObject({ kind: z.literal('usb'), bus: z.int().min(1), device: z.int().min(1) }),
  ]),
  /** The device draws into the machine's display. */
  display: z.boolean().optional(),
  /** The firmware draws into it before a driver is loaded. */
  ramFramebuffer: z.boolean().optional(),
  /** Where it is on the guest's PCI bus. */
  pciAddress: PciAddressSchema.optional(),
  bootOrder: z.int().min(1).optional(),
});

export type HostDevice = z.output<typeof HostDeviceSchema>;
