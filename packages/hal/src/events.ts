import { z } from 'zod';

/**
 * A hint that something about a machine may have changed. Losing one costs latency only: the answer to each is
 * `machine.observe()`. `resync` means that events may have been lost and everything should be observed again.
 */
export const MachineEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('state'), id: z.string() }),
  z.strictObject({ kind: z.literal('guest-agent'), id: z.string(), connected: z.boolean() }),
  z.strictObject({ kind: z.literal('guest-reboot'), id: z.string() }),
  z.strictObject({ kind: z.literal('guest-panicked'), id: z.string() }),
  z.strictObject({ kind: z.literal('io-error'), id: z.string(), diskId: z.string().optional() }),
  z.strictObject({ kind: z.literal('watchdog'), id: z.string() }),
  /** A device or what carries its packets came or went, or the guest would not let it go. */
  z.strictObject({ kind: z.literal('devices'), id: z.string() }),
  z.strictObject({ kind: z.literal('memory-dump'), id: z.string() }),
  z.strictObject({ kind: z.literal('resync') }),
]);

export type MachineEvent = z.output<typeof MachineEventSchema>;
