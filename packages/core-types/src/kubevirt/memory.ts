// Guest memory.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { quantity } from '../schema/scalars.ts';

export const HugepagesSchema = apiObject('Back guest memory by huge pages.', {
  pageSize: z.string().describe('Page size, for example 2Mi or 1Gi.').optional(),
});
export type Hugepages = z.output<typeof HugepagesSchema>;

export const ReservedOverheadSchema = apiObject(
  'Memory reserved for the virtual machine outside the guest.',
  {
    addedOverhead: quantity().optional(),
    memLock: z.enum(['NotRequired', 'Required']).optional(),
  },
);
export type ReservedOverhead = z.output<typeof ReservedOverheadSchema>;

export const MemorySchema = apiObject('Guest memory: size, growth limit and backing.', {
  guest: quantity().describe('Memory that the guest sees.').optional(),
  hugepages: HugepagesSchema.optional(),
  maxGuest: quantity().describe('Limit up to which memory can be added to a running guest.').optional(),
  reservedOverhead: ReservedOverheadSchema.optional(),
});
export type Memory = z.output<typeof MemorySchema>;

export const MemoryStatusSchema = apiObject('Guest memory as seen at boot, now, and as requested.', {
  guestAtBoot: quantity().optional(),
  guestCurrent: quantity().optional(),
  guestRequested: quantity().optional(),
  memoryOverhead: quantity().optional(),
});
export type MemoryStatus = z.output<typeof MemoryStatusSchema>;
