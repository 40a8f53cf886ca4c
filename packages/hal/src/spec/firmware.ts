import { z } from 'zod';

/** How the machine boots and what it says about itself through SMBIOS. */
export const FirmwareSchema = z.strictObject({
  kind: z.enum(['bios', 'uefi']).default('bios'),
  /** SMBIOS system UUID. */
  uuid: z.uuid(),
  /** SMBIOS system serial. */
  serial: z.string().optional(),
  /** Direct boot of a kernel; absolute paths as seen by the process that runs the hypervisor. */
  kernel: z
    .strictObject({
      path: z.string().startsWith('/'),
      initrdPath: z.string().startsWith('/').optional(),
      commandLine: z.string().default(''),
    })
    .optional(),
  /** SMBIOS chassis and system strings. */
  smbios: z
    .strictObject({
      manufacturer: z.string().optional(),
      product: z.string().optional(),
      version: z.string().optional(),
      family: z.string().optional(),
      sku: z.string().optional(),
      assetTag: z.string().optional(),
    })
    .optional(),
});

export type Firmware = z.output<typeof FirmwareSchema>;
