import type { IncomingMessage } from 'node:http';
import { ApiServerError } from '../errors.ts';
import { isObject, type JsonObject } from '../object/json.ts';
import { decodeProtobuf } from '../protobuf/messages.ts';
import type { ParsedBody } from '../registry/conform.ts';
import { duplicateMembers, parseJson } from './json-body.ts';

/** Largest request body in bytes unless the server was told another limit, as in Kubernetes: 3 MiB. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** What is read of a request is decided far from where it came in, also by mounted groups. */
const limits = new WeakMap<IncomingMessage, number>();

/** Sets how many bytes the body of a request may have. */
export function limitBody(request: IncomingMessage, bytes: number): void {
  limits.set(request, bytes);
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/**
 * Reads a request body.
 * @throws ApiServerError `RequestEntityTooLarge`, `BadRequest` (connection cut short)
 */
async function readBytes(
  request: IncomingMessage,
  limit = limits.get(request) ?? MAX_BODY_BYTES,
): Promise<Buffer> {
  const tooLarge = () =>
    new ApiServerError('RequestEntityTooLarge', `the body of the request is larger than ${limit} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  const cutShort = (cause?: Error) =>
    new ApiServerError('BadRequest', 'the body of the request was cut short', { cause });
  if (request.readableEnded) return Buffer.alloc(0);
  // Not iterated over: to leave such a loop early cuts the connection, and nobody would see the answer.
  return new Promise((resolve, reject) => {
    if (request.destroyed) {
      reject(cutShort());
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    const done = (): void => {
      request.off('data', take);
      request.off('end', end);
      request.off('close', close);
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limit) {
        done();
        // The rest flows by unread for as long as the server lets it.
        request.resume();
        reject(tooLarge());
      } else chunks.push(chunk);
    };
    const end = (): void => {
      done();
      resolve(Buffer.concat(chunks));
    };
    const close = (): void => {
      done();
      reject(cutShort());
    };
    request.on('data', take);
    request.on('end', end);
    request.on('close', close);
    request.once('error', (error) => reject(cutShort(error)));
  });
}

/** Reads a request body as text. @throws ApiServerError as {@link readBytes} */
export async function readBody(request: IncomingMessage, limit?: number): Promise<string> {
  return (await readBytes(request, limit)).toString('utf8');
}

/** The media type of a request's body, without parameters, in lower case; JSON when the client does not say. */
export function mediaType(request: IncomingMessage): string {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  const plain = type.trim().toLowerCase();
  return plain === '' || plain === '*/*' ? 'application/json' : plain;
}

/**
 * Reads an object, noting members that it contains twice. Of protobuf the built-in kinds are understood, except CustomResourceDefinitions and APIServices.
 * @param kind of a custom resource: null, which else is an object without members, is none of such a kind
 * @throws ApiServerError `UnsupportedMediaType`, `RequestEntityTooLarge`, `BadRequest`
 */
export async function readObject(request: IncomingMessage, kind?: string): Promise<ParsedBody> {
  return parseObject(mediaType(request), await readBytes(request), kind);
}

/** Reads an optional object, such as DeleteOptions; `undefined` for an empty body. @throws as {@link readObject} */
export async function readOptionalObject(request: IncomingMessage): Promise<JsonObject | undefined> {
  const bytes = await readBytes(request);
  return bytes.length === 0 ? undefined : parseObject(mediaType(request), bytes).value;
}

function parseObject(type: string, bytes: Buffer, kind?: string): ParsedBody {
  if (type === PROTOBUF) return { value: decodeProtobuf(bytes), duplicates: [] };
  if (type !== 'application/json')
    throw new ApiServerError(
      'UnsupportedMediaType',
      `the body of the request must be application/json, not ${type}`,
      { detailed: false },
    );
  const text = bytes.toString('utf8');
  const parsed = parseJson(text);
  if (parsed === null && kind !== undefined)
    throw new ApiServerError(
      'BadRequest',
      `the object provided is unrecognized (must be of type ${kind}): Object 'Kind' is missing in '${text}' (${bytes.toString('hex')})`,
    );
  // Kubernetes takes null for an object without members.
  const value = parsed ?? {};
  if (!isObject(value))
    throw new ApiServerError('BadRequest', 'the body of the request must be a JSON object');
  return { value, duplicates: duplicateMembers(text) };
}
