import { z } from 'zod';

/** Address of a PCI function: domain, bus, slot and function, for example `0000:01:00.0`. */
export const PciAddressSchema = z.string().regex(/^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/);

/** Where PCI devices go that name no address. Absent: as the hypervisor likes. */
export const PciSchema = z.strictObject({
  placement: z.discriminatedUnion('kind', [
    /** Each on a port of its own, with room for more. */
    z.strictObject({
      kind: z.literal('ports'),
      /** Interfaces that can be added later. */
      spareInterfaces: z.int().min(0).default(0),
      /** Ports that there should be in all, with those that devices take. */
      totalPorts: z.int().min(0).default(0),
      /** Ports that stay free however many devices there are. */
      minSparePorts: z.int().min(0).default(0),
    }),
    /** One after the other on the root complex; nothing can be added. */
    z.strictObject({ kind: z.literal('root-complex') }),
  ]),
  /** Passed-through devices hang from the NUMA node of the guest whose host node they belong to. */
  numaAware: z.boolean().default(false),
  /** Size of the window for 64-bit addresses, in bytes; 0 for none, absent for the machine's own. */
  hole64Bytes: z.int().min(0).optional(),
});

export type Pci = z.output<typeof PciSchema>;
