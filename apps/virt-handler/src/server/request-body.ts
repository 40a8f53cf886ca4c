import type { IncomingMessage } from 'node:http';
import { HalError } from '@virtkit/hal';

/** Bodies are options of a few lines. */
const mostBytes = 64 * 1024;

/** The JSON value of a request's body; undefined when there is none. @throws HalError `invalid-spec` */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    // The rest is read and dropped, so that the answer can still be sent.
    if (size <= mostBytes) chunks.push(chunk as Buffer);
  }
  if (size > mostBytes) throw new HalError('invalid-spec', `the body is longer than ${mostBytes} bytes`);
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new HalError('invalid-spec', 'the body is not JSON', { cause });
  }
}
