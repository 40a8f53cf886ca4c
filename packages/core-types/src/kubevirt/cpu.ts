// Guest CPU.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { int64, list, presence } from '../schema/scalars.ts';

export const CPUFeatureSchema = apiObject('A CPU feature and what to do about it.', {
  name: z.string(),
  policy: z.string().optional(),
});
export type CPUFeature = z.output<typeof CPUFeatureSchema>;

export const NUMASchema = apiObject('Guest NUMA layout.', {
  guestMappingPassthrough: presence().optional(),
});
export type NUMA = z.output<typeof NUMASchema>;

export const RealtimeSchema = apiObject('Real-time scheduling of virtual CPUs.', {
  mask: z.string().optional(),
});
export type Realtime = z.output<typeof RealtimeSchema>;

export const CPUSchema = apiObject('Virtual CPUs: topology, model, features and pinning.', {
  cores: int64().describe('Cores per socket.').optional(),
  dedicatedCpuPlacement: z.boolean().describe('Pin each virtual CPU to a host CPU of its own.').optional(),
  features: list(CPUFeatureSchema).optional(),
  isolateEmulatorThread: z.boolean().optional(),
  maxSockets: int64().optional(),
  model: z.string().describe('CPU model, or host-model, or host-passthrough.').optional(),
  numa: NUMASchema.optional(),
  realtime: RealtimeSchema.optional(),
  sockets: int64().describe('Sockets; can grow on a running guest up to maxSockets.').optional(),
  threads: int64().describe('Threads per core.').optional(),
});
export type CPU = z.output<typeof CPUSchema>;

export const CPUTopologySchema = apiObject('The CPU topology that the guest has now.', {
  cores: int64().optional(),
  sockets: int64().optional(),
  threads: int64().optional(),
});
export type CPUTopology = z.output<typeof CPUTopologySchema>;
