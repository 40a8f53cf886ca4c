import type { IncomingMessage } from 'node:http';
import { ApiServerError } from '../errors.ts';
import { isObject, type JsonObject } from '../object/json.ts';
import { decodeProtobuf } from '../protobuf/messages.ts';
import type { ParsedBody } from '../registry/conform.ts';
import { duplicateMembers, parseJson } from './json-body.ts';

/** Largest request body in bytes, as in Kubernetes: 3 MiB. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/**
 * Reads a request body.
 * @throws ApiServerError `RequestEntityTooLarge`, `BadRequest` (connection cut short)
 */
async function readBytes(request: IncomingMessage, limit = MAX_BODY_BYTES): Promise<Buffer> {
  const tooLarge = () =>
    new ApiServerError('RequestEntityTooLarge', `the body of the request is larger than ${limit} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof ApiServerError) throw error;
    throw new ApiServerError('BadRequest', 'the body of the request was cut short', { cause: error });
  }
  return Buffer.concat(chunks);
}

/** Reads a request body as text. @throws ApiServerError as {@link readBytes} */
export async function readBody(request: IncomingMessage, limit = MAX_BODY_BYTES): Promise<string> {
  return (await readBytes(request, limit)).toString('utf8');
}

/** The media type of a request's body, without parameters, in lower case; JSON when the client does not say. */
export function mediaType(request: IncomingMessage): string {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  const plain = type.trim().toLowerCase();
  return plain === '' || plain === '*/*' ? 'application/json' : plain;
}

/**
 * Reads an object, noting members that it contains twice. Of protobuf only the kinds are understood that kubectl sends so.
 * @throws ApiServerError `UnsupportedMediaType`, `RequestEntityTooLarge`, `BadRequest`
 */
export async function readObject(request: IncomingMessage): Promise<ParsedBody> {
  return parseObject(mediaType(request), await readBytes(request));
}

/** Reads an optional object, such as DeleteOptions; an empty body is an empty object. @throws as {@link readObject} */
export async function readOptionalObject(request: IncomingMessage): Promise<JsonObject> {
  const bytes = await readBytes(request);
  return bytes.length === 0 ? {} : parseObject(mediaType(request), bytes).value;
}

function parseObject(type: string, bytes: Buffer): ParsedBody {
  if (type === PROTOBUF) return { value: decodeProtobuf(bytes), duplicates: [] };
  if (type !== 'application/json')
    throw new ApiServerError(
      'UnsupportedMediaType',
      `the body of the request must be application/json, not ${type}`,
    );
  const text = bytes.toString('utf8');
  const value = parseJson(text);
  if (!isObject(value))
    throw new ApiServerError('BadRequest', 'the body of the request must be a JSON object');
  return { value, duplicates: duplicateMembers(text) };
}
