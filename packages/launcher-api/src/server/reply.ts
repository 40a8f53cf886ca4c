import type { IncomingMessage, ServerResponse } from 'node:http';
import { HalError } from '@virtkit/hal';
import type { z } from 'zod';
import { limits } from '../contract/limits.ts';
import { statusOfError, toWireError } from '../contract/wire-error.ts';

/** What a route answers with. */
export type Reply =
  { kind: 'none' } | { kind: 'json'; value: unknown } | { kind: 'bytes'; type: string; data: Uint8Array };

export const none: Reply = { kind: 'none' };

export function json(value: unknown): Reply {
  return { kind: 'json', value };
}

export function sendReply(response: ServerResponse, reply: Reply): void {
  switch (reply.kind) {
    case 'none':
      response.writeHead(204).end();
      return;
    case 'json':
      send(response, 200, 'application/json', Buffer.from(JSON.stringify(reply.value)));
      return;
    case 'bytes':
      send(response, 200, reply.type, reply.data);
  }
}

export function sendError(response: ServerResponse, error: unknown): void {
  const wire = toWireError(error);
  send(response, statusOfError(wire), 'application/json', Buffer.from(JSON.stringify(wire)));
}

function send(response: ServerResponse, status: number, type: string, data: Uint8Array): void {
  response.writeHead(status, { 'content-type': type, 'content-length': data.byteLength }).end(data);
}

/** Reads a JSON body within the limits. @throws HalError `invalid-spec`. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > limits.requestBytes) {
      throw new HalError('invalid-spec', `the request is larger than ${limits.requestBytes} bytes`);
    }
    chunks.push(bytes);
  }
  if (size === 0) return {};
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch (cause) {
    throw new HalError('invalid-spec', 'the request body is not JSON', { cause });
  }
}

/** @throws HalError `invalid-spec` with the field. */
export function parseAs<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new HalError('invalid-spec', `the request is not valid: ${issue.message}`, {
    field: issue.path.map((key) => `/${String(key)}`).join(''),
    cause: result.error,
  });
}
