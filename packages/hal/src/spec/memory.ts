import { z } from 'zod';

/** Where the host takes guest memory from. */
export const MemoryBackingSchema = z.strictObject({
  /** Pages of this size instead of ordinary ones, in bytes. */
  hugePageBytes: z.int().min(1).optional(),
  /** In an anonymous file, so that it can be handed to other processes. */
  anonymousFile: z.boolean().default(false),
  /** Whether other processes may map it, such as a file system server or a user-space network. */
  shared: z.boolean().default(false),
  /** Allocated whole before the guest starts, not page by page. */
  allocateAtStart: z.boolean().default(false),
  /** Whether the host may merge equal pages of several guests. */
  mergePages: z.boolean().default(true),
});

/** Memory that was added to a guest after it started: a device of `sizeBytes` of which the guest may use a part. */
export const AddedMemorySchema = z.strictObject({
  sizeBytes: z.int().min(1),
  /** How much of it the guest is asked to use; a multiple of `blockBytes`. */
  requestedBytes: z.int().min(0),
  /** Smallest amount that it grows or shrinks by. */
  blockBytes: z.int().min(1),
  /** NUMA node of the guest that it belongs to. */
  node: z.int().min(0).default(0),
});

/** Guest memory, in bytes. */
export const MemorySchema = z.strictObject({
  /** What the guest has when it starts. */
  sizeBytes: z.int().min(1024 * 1024),
  /** Size up to which a running guest can grow. */
  maxBytes: z.int().min(1).optional(),
  backing: MemoryBackingSchema.optional(),
  added: AddedMemorySchema.optional(),
});

export type Memory = z.output<typeof MemorySchema>;
export type MemoryBacking = z.output<typeof MemoryBackingSchema>;
export type AddedMemory = z.output<typeof AddedMemorySchema>;
