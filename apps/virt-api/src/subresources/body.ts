import type { IncomingMessage } from 'node:http';
import { readManifests, type ManifestLimits } from '@virtkit/admission/manifest';
import { ApiServerError, readBody } from '@virtkit/apiserver';
import type { z } from 'zod';

/** Bodies are options of a few lines; a whole machine is the longest. */
const mostBytes = 3 * 1024 * 1024;
const limits: ManifestLimits = { text: mostBytes, document: mostBytes, depth: 100, aliases: 100 };

/** Reads the JSON or YAML body of an operation; an empty one is empty options. @throws ApiServerError `BadRequest` */
export async function readOptions<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  return fitted((await readValue(request)) ?? {}, schema);
}

/** Reads a body that must be there. @throws ApiServerError `BadRequest` */
export async function readRequired<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const value = await readValue(request);
  if (value === undefined) throw new ApiServerError('BadRequest', 'the request has no body');
  return fitted(value, schema);
}

/** The value of the body; undefined when there is none. @throws ApiServerError `BadRequest` */
export async function readValue(request: IncomingMessage): Promise<unknown> {
  const text = await readBody(request, mostBytes);
  return text.trim() === '' ? undefined : parse(text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const [first, ...more] = readManifests(text, limits);
    if (first?.kind === 'object' && more.length === 0) return first.value;
    const why = first?.kind === 'problem' ? `: ${first.message}` : '';
    throw new ApiServerError('BadRequest', `the body is neither a JSON nor a YAML object${why}`, { cause });
  }
}

function fitted<T>(value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ApiServerError(
    'BadRequest',
    `the body does not fit: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  );
}
