// VirtualMachineInstancetype and VirtualMachineClusterInstancetype: sizes of machines.
import * as z from 'zod';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { NUMASchema, RealtimeSchema } from '../kubevirt/cpu.ts';
import { GPUSchema, HostDeviceSchema } from '../kubevirt/devices.ts';
import { DiskIOThreadsSchema } from '../kubevirt/disks.ts';
import { LaunchSecuritySchema } from '../kubevirt/launch-security.ts';
import { HugepagesSchema } from '../kubevirt/memory.ts';
import { ioThreadsPolicies } from '../kubevirt/values.ts';
import { apiObject } from '../schema/object.ts';
import { atomicList, int32, int64, openEnum, quantity } from '../schema/scalars.ts';

export const CPUInstancetypeSchema = apiObject('Virtual CPUs of the size: number, model and pinning.', {
  dedicatedCPUPlacement: z.boolean().describe('Pin each virtual CPU to a host CPU of its own.').optional(),
  guest: int64().describe('Number of virtual CPUs.'),
  isolateEmulatorThread: z.boolean().optional(),
  maxSockets: int64().describe('Sockets up to which a running guest can grow.').optional(),
  model: z.string().describe('CPU model, or host-model, or host-passthrough.').optional(),
  numa: NUMASchema.optional(),
  realtime: RealtimeSchema.optional(),
});
export type CPUInstancetype = z.output<typeof CPUInstancetypeSchema>;

export const MemoryInstancetypeSchema = apiObject('Memory of the size.', {
  guest: quantity().describe('Memory that the guest sees.'),
  hugepages: HugepagesSchema.optional(),
  maxGuest: quantity().describe('Limit up to which memory can be added to a running guest.').optional(),
  overcommitPercent: int32()
    .min(0)
    .max(100)
    .describe('Share of the memory that the node does not set aside.')
    .optional(),
});
export type MemoryInstancetype = z.output<typeof MemoryInstancetypeSchema>;

export const VirtualMachineInstancetypeSpecSchema = apiObject(
  'CPU, memory and devices that the machines of this size get.',
  {
    annotations: z.record(z.string(), z.string()).describe('Annotations that the instances get.').optional(),
    cpu: CPUInstancetypeSchema,
    gpus: atomicList(GPUSchema).optional(),
    hostDevices: atomicList(HostDeviceSchema).optional(),
    ioThreads: DiskIOThreadsSchema.optional(),
    ioThreadsPolicy: openEnum(ioThreadsPolicies).describe('How disks share I/O threads.').optional(),
    launchSecurity: LaunchSecuritySchema.describe('Deprecated: set it in a preference.').optional(),
    memory: MemoryInstancetypeSchema,
    nodeSelector: z.record(z.string(), z.string()).optional(),
    schedulerName: z.string().optional(),
  },
);
export type VirtualMachineInstancetypeSpec = z.output<typeof VirtualMachineInstancetypeSpecSchema>;

export const VirtualMachineInstancetypeSchema = apiObject('A size of machines, for one namespace.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VirtualMachineInstancetypeSpecSchema,
});
export type VirtualMachineInstancetype = z.output<typeof VirtualMachineInstancetypeSchema>;

export const VirtualMachineInstancetypeListSchema = listOf(
  VirtualMachineInstancetypeSchema,
  'A list of VirtualMachineInstancetype objects.',
);
export type VirtualMachineInstancetypeList = z.output<typeof VirtualMachineInstancetypeListSchema>;

export const VirtualMachineClusterInstancetypeSchema = apiObject('A size of machines, for all namespaces.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: VirtualMachineInstancetypeSpecSchema,
});
export type VirtualMachineClusterInstancetype = z.output<typeof VirtualMachineClusterInstancetypeSchema>;

export const VirtualMachineClusterInstancetypeListSchema = listOf(
  VirtualMachineClusterInstancetypeSchema,
  'A list of VirtualMachineClusterInstancetype objects.',
);
export type VirtualMachineClusterInstancetypeList = z.output<
  typeof VirtualMachineClusterInstancetypeListSchema
>;
