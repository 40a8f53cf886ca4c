// Firmware, boot and machine type.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';

export const BIOSSchema = apiObject('Boot with a BIOS.', {
  useSerial: z.boolean().optional(),
});
export type BIOS = z.output<typeof BIOSSchema>;

export const EFISchema = apiObject('Boot with UEFI.', {
  persistent: z.boolean().optional(),
  secureBoot: z.boolean().optional(),
});
export type EFI = z.output<typeof EFISchema>;

export const BootloaderSchema = apiObject('The firmware that boots the guest.', {
  bios: BIOSSchema.optional(),
  efi: EFISchema.optional(),
});
export type Bootloader = z.output<typeof BootloaderSchema>;

export const KernelBootContainerSchema = apiObject('An image that holds a kernel and an initial RAM disk.', {
  image: z.string(),
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
  imagePullSecret: z.string().optional(),
  initrdPath: z.string().optional(),
  kernelPath: z.string().optional(),
});
export type KernelBootContainer = z.output<typeof KernelBootContainerSchema>;

export const KernelBootSchema = apiObject('Boot a kernel directly.', {
  container: KernelBootContainerSchema.optional(),
  kernelArgs: z.string().optional(),
});
export type KernelBoot = z.output<typeof KernelBootSchema>;

export const ACPISchema = apiObject('Extra ACPI tables, by volume name.', {
  msdmNameRef: z.string().optional(),
  slicNameRef: z.string().optional(),
});
export type ACPI = z.output<typeof ACPISchema>;

export const FirmwareSchema = apiObject('Firmware identity and boot method.', {
  acpi: ACPISchema.optional(),
  bootloader: BootloaderSchema.optional(),
  kernelBoot: KernelBootSchema.optional(),
  serial: z.string().describe('System serial number shown to the guest.').optional(),
  uuid: z.string().describe('UUID shown to the guest.').optional(),
});
export type Firmware = z.output<typeof FirmwareSchema>;

export const ChassisSchema = apiObject('System information shown through SMBIOS.', {
  asset: z.string().optional(),
  manufacturer: z.string().optional(),
  serial: z.string().optional(),
  sku: z.string().optional(),
  version: z.string().optional(),
});
export type Chassis = z.output<typeof ChassisSchema>;

export const MachineSchema = apiObject('Machine type, for example `q35`.', {
  type: z.string().optional(),
});
export type Machine = z.output<typeof MachineSchema>;
