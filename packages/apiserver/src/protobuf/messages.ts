import { ApiServerError } from '../errors.ts';
import { parseJson } from '../http/json-body.ts';
import { isObject, stringOf, type JsonObject } from '../object/json.ts';
import { timestamp } from '../object/types.ts';
import { messageNamed, type Field, type Message, type MessageName, type ValueType } from './message-types.ts';
import { readFields } from './reader.ts';

const MAGIC = Buffer.from('k8s\0');

/**
 * Decodes an object that a client has sent as `application/vnd.kubernetes.protobuf`.
 * @throws ApiServerError `BadRequest`; `UnsupportedMediaType` for a kind that is understood as JSON only.
 */
export function decodeProtobuf(body: Buffer): JsonObject {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC))
    throw new ApiServerError(
      'BadRequest',
      'the protobuf body of the request does not begin as Kubernetes objects do',
    );
  const { apiVersion, kind, raw } = readEnvelope(body.subarray(MAGIC.length));
  const message = messageNamed(messageOf(apiVersion, kind));
  if (message === undefined)
    throw new ApiServerError(
      'UnsupportedMediaType',
      `${apiVersion} ${kind} is understood as application/json only, not as protobuf`,
    );
  return { apiVersion, kind, ...decode(raw, message) };
}

/** What is around every object: its type (1: apiVersion and kind) and its own bytes (2). */
function readEnvelope(bytes: Buffer): { apiVersion: string; kind: string; raw: Buffer } {
  const envelope = new Map(readFields(bytes).map(({ number, value }) => [number, asBytes(value)]));
  const type = new Map(
    readFields(envelope.get(1) ?? Buffer.alloc(0)).map(({ number, value }) => [number, asText(value)]),
  );
  return {
    apiVersion: type.get(1) ?? '',
    kind: type.get(2) ?? '',
    raw: envelope.get(2) ?? Buffer.alloc(0),
  };
}

/** The name of a kind's message: groups are known by the first part of their name. */
function messageOf(apiVersion: string, kind: string): string {
  // They are of the group of whatever is to be deleted.
  if (kind === 'DeleteOptions') return 'meta/v1.DeleteOptions';
  const [version, group = ''] = apiVersion.split('/').reverse();
  const own = !group.includes('.') || group.endsWith('.k8s.io');
  const [first] = group.split('.');
  return own ? `${group === '' ? 'core' : first}/${version}.${kind}` : '';
}

function decode(bytes: Buffer, message: Message): JsonObject {
  const result: JsonObject = {};
  for (const { number, value } of readFields(bytes)) {
    const field = message.get(number);
    // Of a newer client, which does not expect an older server to know it.
    if (field === undefined) continue;
    if (field.holds === 'map') addEntry(result, field, asBytes(value));
    else if (field.inline) Object.assign(result, decodeValue(value, field.type));
    else addValue(result, field, decodeValue(value, field.type));
  }
  return result;
}

function addValue(result: JsonObject, { name, holds, keepsZero }: Field, value: unknown): void {
  if (holds === 'list') ((result[name] ??= []) as unknown[]).push(value);
  else if (value !== undefined && (keepsZero || (value !== '' && value !== 0 && value !== false)))
    result[name] = value;
}

/** A pair of key (1) and value (2). */
function addEntry(result: JsonObject, { name, type }: Field, bytes: Buffer): void {
  const map = (result[name] ??= {}) as JsonObject;
  const entry = new Map(readFields(bytes).map(({ number, value }) => [number, value]));
  map[asText(entry.get(1) ?? Buffer.alloc(0))] = decodeValue(entry.get(2) ?? Buffer.alloc(0), type);
}

/** @returns undefined for a time that is not set */
function decodeValue(value: number | Buffer, type: ValueType): unknown {
  switch (type) {
    case 'number':
      return asNumber(value);
    case 'boolean':
      return asNumber(value) !== 0;
    case 'string':
      return asText(value);
    case 'bytes':
      return asBytes(value).toString('base64');
    case 'quantity':
      return stringOf(members(value, { 1: ['text', 'string'] }).text, '0');
    case 'strings':
      return readFields(asBytes(value)).map((item) => asText(item.value));
    case 'json':
      return decodeJson(value);
    case 'time':
    case 'micro-time':
      return decodeTime(value, type);
    case 'int-or-string': {
      const {
        type: isText,
        int,
        text,
      } = members(value, {
        1: ['type', 'number'],
        2: ['int', 'number'],
        3: ['text', 'string'],
      });
      return isText === 1 ? (text ?? '') : (int ?? 0);
    }
    default:
      return decode(asBytes(value), messageNamed(type satisfies MessageName)!);
  }
}

function members(
  value: number | Buffer,
  fields: Readonly<Record<number, readonly [name: string, type: 'number' | 'string']>>,
): JsonObject {
  return Object.fromEntries(
    readFields(asBytes(value)).flatMap((part) => {
      const field = fields[part.number];
      return field === undefined ? [] : [[field[0], decodeValue(part.value, field[1])]];
    }),
  );
}

function decodeTime(value: number | Buffer, type: 'time' | 'micro-time'): string | undefined {
  const { seconds, nanos = 0 } = members(value, { 1: ['seconds', 'number'], 2: ['nanos', 'number'] });
  if (typeof seconds !== 'number') return undefined;
  const text = timestamp(new Date(seconds * 1000));
  if (type === 'time') return text;
  const micros = Math.floor(Number(nanos) / 1000);
  return text.replace(/(\.\d+)?Z$/, `.${String(micros).padStart(6, '0')}Z`);
}

/** JSON of any shape, which is in a message of its own. */
function decodeJson(value: number | Buffer): unknown {
  const raw = readFields(asBytes(value)).find(({ number }) => number === 1)?.value;
  if (raw === undefined) return undefined;
  const parsed = parseJson(asText(raw));
  if (!isObject(parsed))
    throw new ApiServerError('BadRequest', 'the protobuf body of the request contains JSON of no object');
  return parsed;
}

function asBytes(value: number | Buffer): Buffer {
  if (typeof value === 'number') throw wrongType();
  return value;
}

function asText(value: number | Buffer): string {
  return asBytes(value).toString('utf8');
}

function asNumber(value: number | Buffer): number {
  if (typeof value !== 'number') throw wrongType();
  return value;
}

function wrongType(): ApiServerError {
  return new ApiServerError('BadRequest', 'a field of the protobuf body has an unexpected type');
}
