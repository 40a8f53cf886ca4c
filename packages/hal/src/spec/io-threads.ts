import { z } from 'zod';

/** Threads that serve disks beside the main loop. */
export const IoThreadsSchema = z.strictObject({
  /** How many there are; disks and controllers name them from 1. */
  count: z.int().min(1),
  /** The thread that serves all SCSI disks, and the queues of their controller. */
  scsi: z.strictObject({ ioThread: z.int().min(1), queues: z.int().min(1).optional() }).optional(),
});

export type IoThreads = z.output<typeof IoThreadsSchema>;
