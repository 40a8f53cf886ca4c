import { z } from 'zod';

const path = z.string().startsWith('/');

/** UEFI firmware beyond its being there. */
export const UefiSchema = z.strictObject({
  /** Only signed boot loaders start. Absent: no Secure Boot, on whatever build of the firmware the host has. */
  secureBoot: z.boolean().default(false),
  /** Lets the hypervisor choose the firmware by its features instead of by the names of files. */
  automatic: z.boolean().default(false),
  /** File that keeps the variables; absent: they live as long as the machine is defined. */
  variablesPath: path.optional(),
});

/** SMBIOS type 3 strings. */
export const ChassisSchema = z.strictObject({
  manufacturer: z.string().optional(),
  version: z.string().optional(),
  serial: z.string().optional(),
  asset: z.string().optional(),
  sku: z.string().optional(),
});

/** How the machine boots and what it says about itself through SMBIOS. */
export const FirmwareSchema = z.strictObject({
  kind: z.enum(['bios', 'uefi']).default('bios'),
  /** Only for `uefi`. */
  uefi: UefiSchema.optional(),
  /** The BIOS writes its messages to the first serial port. */
  serialOutput: z.boolean().optional(),
  /** Time that the firmware waits for somebody to choose a device, in milliseconds; absent: it does not ask. */
  bootMenuMs: z.int().min(0).max(65_535).optional(),
  /** SMBIOS system UUID. */
  uuid: z.uuid(),
  /** SMBIOS system serial. */
  serial: z.string().optional(),
  /** Direct boot of a kernel; absolute paths as seen by the process that runs the hypervisor. */
  kernel: z
    .strictObject({
      path,
      initrdPath: path.optional(),
      commandLine: z.string().default(''),
    })
    .optional(),
  /** Files that the guest gets as ACPI tables of its own, for example licences. */
  acpiTables: z.array(z.strictObject({ kind: z.enum(['slic', 'msdm']), path })).optional(),
  /** Files that the guest reads by name through the firmware configuration device. */
  configurationFiles: z.array(z.strictObject({ name: z.string().min(1), path })).optional(),
  /** Where the firmware's debug port writes to. */
  debugLogPath: path.optional(),
  /** SMBIOS system strings. `assetTag` is the chassis's, for specs without `chassis`. */
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
  chassis: ChassisSchema.optional(),
});

export type Firmware = z.output<typeof FirmwareSchema>;
export type Uefi = z.output<typeof UefiSchema>;
export type Chassis = z.output<typeof ChassisSchema>;
