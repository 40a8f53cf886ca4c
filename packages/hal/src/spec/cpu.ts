import { z } from 'zod';

/** CPUs of the host, by number, in ascending order. */
export const HostCpusSchema = z.array(z.int().min(0)).min(1);

/** Which host CPUs the threads of a machine run on. What is not named runs wherever the host allows. */
export const CpuPinningSchema = z.strictObject({
  /** Host CPUs of each virtual CPU, by its number. */
  vcpus: z.array(HostCpusSchema).default([]),
  /** Host CPUs of the threads that are neither virtual CPUs nor I/O threads. */
  emulator: HostCpusSchema.optional(),
  /** Host CPUs of I/O threads, by their number from 1. */
  ioThreads: z.array(z.strictObject({ ioThread: z.int().min(1), hostCpus: HostCpusSchema })).default([]),
});

/** A node of the guest's NUMA layout. */
export const NumaNodeSchema = z.strictObject({
  /** Numbers of the virtual CPUs that belong to it. */
  vcpus: z.array(z.int().min(0)),
  memoryBytes: z.int().min(1),
  /** Host node that its memory must come from. */
  hostNode: z.int().min(0).optional(),
  /** Distances to the nodes of the guest by their place in the list, as ACPI's SLIT counts: 10 is the node itself. */
  distances: z.array(z.strictObject({ node: z.int().min(0), value: z.int().min(10).max(255) })).default([]),
});

/** Guest CPU. Counts are at least 1; vCPUs = sockets x cores x threads. */
export const CpuSchema = z.strictObject({
  sockets: z.int().min(1),
  cores: z.int().min(1),
  threads: z.int().min(1),
  /** Sockets up to which a running guest can grow; those beyond `sockets` are empty when it starts. */
  maxSockets: z.int().min(1).optional(),
  model: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('default') }),
    z.strictObject({ kind: z.literal('host-model') }),
    z.strictObject({ kind: z.literal('host-passthrough') }),
    z.strictObject({ kind: z.literal('named'), name: z.string().min(1) }),
  ]),
  features: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        policy: z.enum(['force', 'require', 'optional', 'disable', 'forbid']),
      }),
    )
    .default([]),
  pinning: CpuPinningSchema.optional(),
  /** The guest's NUMA layout; absent: one node, which the guest is not told of. */
  numa: z.array(NumaNodeSchema).min(1).optional(),
});

export type Cpu = z.output<typeof CpuSchema>;
export type CpuPinning = z.output<typeof CpuPinningSchema>;
export type NumaNode = z.output<typeof NumaNodeSchema>;
