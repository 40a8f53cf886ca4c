import type { IncomingMessage } from 'node:http';
import { ApiServerError, readBody } from '@virtkit/apiserver';
import { z } from 'zod';

const dryRun = z.array(z.string()).optional();

/** Bodies of the operations; unknown members are ignored (KubeVirt subresources, option types). */
export const StartOptionsSchema = z.object({ paused: z.boolean().optional(), dryRun });
export type StartOptions = z.output<typeof StartOptionsSchema>;

export const StopOptionsSchema = z.object({ gracePeriod: z.int().nullable().optional(), dryRun });
export type StopOptions = z.output<typeof StopOptionsSchema>;

export const RestartOptionsSchema = z.object({ gracePeriodSeconds: z.int().nullable().optional(), dryRun });
export type RestartOptions = z.output<typeof RestartOptionsSchema>;

export const PlainOptionsSchema = z.object({ dryRun });

const mostBytes = 64 * 1024;

/** Reads the JSON body of an operation; an empty one is empty options. @throws ApiServerError `BadRequest` */
export async function readOptions<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const text = await readBody(request, mostBytes);
  const result = schema.safeParse(text.trim() === '' ? {} : parse(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ApiServerError(
    'BadRequest',
    `the options do not fit: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiServerError('BadRequest', 'the body of the request is not JSON', { cause });
  }
}

/** Whether nothing is to be changed. */
export function isDryRun(options: { dryRun?: string[] | undefined }): boolean {
  return options.dryRun?.includes('All') ?? false;
}
