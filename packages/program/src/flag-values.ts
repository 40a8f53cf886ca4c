import { z } from 'zod';

/** Text that is needed and not empty. */
export const TextSchema = z.string({ error: 'is missing' }).min(1, 'must not be empty');

/** A whole number in decimal digits. */
export function wholeNumber(least: number, most: number): z.ZodType<number, string> {
  const error = `must be a whole number from ${least} to ${most}`;
  return z
    .string({ error: 'is missing' })
    .regex(/^\d{1,15}$/, { error })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error });
}

/** A TCP port to listen at; 0 is any free one. */
export const PortSchema = wholeNumber(0, 65_535);
