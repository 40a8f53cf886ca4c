// The virtual machine as hardware.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { openEnum, quantity } from '../schema/scalars.ts';
import { ClockSchema } from './clock.ts';
import { CPUSchema } from './cpu.ts';
import { DevicesSchema } from './devices.ts';
import { DiskIOThreadsSchema } from './disks.ts';
import { FeaturesSchema } from './features.ts';
import { ChassisSchema, FirmwareSchema, MachineSchema } from './firmware.ts';
import { LaunchSecuritySchema } from './launch-security.ts';
import { MemorySchema } from './memory.ts';
import { ioThreadsPolicies } from './values.ts';

export const DomainResourcesSchema = apiObject('CPU and memory that the virtual machine asks of its node.', {
  limits: z.record(z.string(), quantity()).optional(),
  overcommitGuestOverhead: z.boolean().optional(),
  requests: z.record(z.string(), quantity()).optional(),
});
export type DomainResources = z.output<typeof DomainResourcesSchema>;

export const DomainSpecSchema = apiObject('The hardware of the virtual machine.', {
  chassis: ChassisSchema.optional(),
  clock: ClockSchema.optional(),
  cpu: CPUSchema.optional(),
  devices: DevicesSchema,
  features: FeaturesSchema.optional(),
  firmware: FirmwareSchema.optional(),
  ioThreads: DiskIOThreadsSchema.optional(),
  ioThreadsPolicy: openEnum(ioThreadsPolicies).describe('How disks share I/O threads.').optional(),
  launchSecurity: LaunchSecuritySchema.optional(),
  machine: MachineSchema.optional(),
  memory: MemorySchema.optional(),
  rebootPolicy: z
    .enum(['Reboot', 'Terminate'])
    .describe('Whether a reboot inside the guest ends the instance.')
    .optional(),
  resources: DomainResourcesSchema.optional(),
});
export type DomainSpec = z.output<typeof DomainSpecSchema>;
