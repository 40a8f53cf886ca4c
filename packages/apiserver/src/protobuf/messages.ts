import { ApiServerError } from '../errors.ts';
import { membersOf, stringOf, type JsonObject } from '../object/json.ts';
import { timestamp } from '../object/types.ts';
import { ACCESS_KINDS } from './access-messages.ts';
import { many, METADATA, one, type FieldType, type Message } from './message.ts';
import { readFields } from './reader.ts';

const REFERENCE: Message = { 1: one('name') };
const OBJECT_REFERENCE: Message = {
  1: one('kind'),
  2: one('namespace'),
  3: one('name'),
  4: one('uid'),
  5: one('apiVersion'),
  6: one('resourceVersion'),
  7: one('fieldPath'),
};
const DELETE_OPTIONS: Message = {
  1: one('gracePeriodSeconds', 'number'),
  2: one('preconditions', { 1: one('uid'), 2: one('resourceVersion') }),
  3: one('orphanDependents', 'boolean'),
  4: one('propagationPolicy'),
  5: many('dryRun'),
};
const SERVICE_PORT: Message = {
  1: one('name'),
  2: one('protocol'),
  3: one('port', 'number'),
  4: one('targetPort', 'int-or-string'),
  5: one('nodePort', 'number'),
  6: one('appProtocol'),
};
const SERVICE_SPEC: Message = {
  1: many('ports', SERVICE_PORT),
  2: one('selector', 'string-map'),
  3: one('clusterIP'),
  4: one('type'),
  5: many('externalIPs'),
  7: one('sessionAffinity'),
  8: one('loadBalancerIP'),
  9: many('loadBalancerSourceRanges'),
  10: one('externalName'),
  11: one('externalTrafficPolicy'),
};

/** The kinds that kubectl's generators send as protobuf, by `apiVersion kind`. */
const KINDS: Readonly<Record<string, Message>> = {
  ...ACCESS_KINDS,
  'v1 Namespace': {
    1: METADATA,
    2: one('spec', { 1: many('finalizers') }),
    3: one('status', { 1: one('phase') }),
  },
  'v1 ConfigMap': {
    1: METADATA,
    2: one('data', 'string-map'),
    3: one('binaryData', 'bytes-map'),
    4: one('immutable', 'boolean'),
  },
  'v1 Secret': {
    1: METADATA,
    2: one('data', 'bytes-map'),
    3: one('type'),
    4: one('stringData', 'string-map'),
    5: one('immutable', 'boolean'),
  },
  'v1 ServiceAccount': {
    1: METADATA,
    2: many('secrets', OBJECT_REFERENCE),
    3: many('imagePullSecrets', REFERENCE),
    4: one('automountServiceAccountToken', 'boolean'),
  },
  'v1 Service': { 1: METADATA, 2: one('spec', SERVICE_SPEC) },
  'v1 DeleteOptions': DELETE_OPTIONS,
  'meta.k8s.io/v1 DeleteOptions': DELETE_OPTIONS,
  'policy/v1 Eviction': { 1: METADATA, 2: one('deleteOptions', DELETE_OPTIONS) },
  'scheduling.k8s.io/v1 PriorityClass': {
    1: METADATA,
    2: one('value', 'number'),
    3: one('globalDefault', 'boolean'),
    4: one('description'),
    5: one('preemptionPolicy'),
  },
};

const MAGIC = Buffer.from('k8s\0');
/** The envelope around every object: type, then the object's own bytes. */
const ENVELOPE: Message = {
  1: one('type', { 1: one('apiVersion'), 2: one('kind') }),
  2: one('raw', 'bytes'),
};

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
  const { type, raw } = decode(body.subarray(MAGIC.length), ENVELOPE) as {
    type?: { apiVersion?: string; kind?: string };
    raw?: string;
  };
  const { apiVersion = '', kind = '' } = type ?? {};
  const name = `${apiVersion} ${kind}`;
  const message = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (message === undefined)
    throw new ApiServerError(
      'UnsupportedMediaType',
      `${name} is understood as application/json only, not as protobuf`,
    );
  return { apiVersion, kind, ...decode(Buffer.from(raw ?? '', 'base64'), message) };
}

function decode(bytes: Buffer, message: Message): JsonObject {
  const result: JsonObject = {};
  for (const { number, value } of readFields(bytes)) {
    const field = message[number];
    if (field === undefined) continue;
    if (field.type === 'lists-map') {
      const map = (result[field.name] ??= {}) as JsonObject;
      const entry = decode(asBytes(value), { 1: one('key'), 2: one('value', { 1: many('items') }) });
      map[stringOf(entry.key)] = membersOf(entry.value).items ?? [];
      continue;
    }
    if (field.type === 'string-map' || field.type === 'bytes-map') {
      const map = (result[field.name] ??= {}) as JsonObject;
      const entry = decode(asBytes(value), {
        1: one('key'),
        2: one('value', field.type === 'bytes-map' ? 'bytes' : 'string'),
      });
      map[stringOf(entry.key)] = entry.value ?? '';
      continue;
    }
    const decoded = decodeValue(value, field.type);
    // Go's encoder writes empty strings for unset ones.
    if (decoded === undefined || (decoded === '' && field.repeated !== true)) continue;
    if (field.repeated === true) ((result[field.name] ??= []) as unknown[]).push(decoded);
    else result[field.name] = decoded;
  }
  return result;
}

/** Types that are handled entry by entry. */
type MapType = 'string-map' | 'bytes-map' | 'lists-map';

function decodeValue(value: number | Buffer, type: Exclude<FieldType, MapType>): unknown {
  if (type === 'number') return Number(value);
  if (type === 'boolean') return value === 1;
  const bytes = asBytes(value);
  if (type === 'string') return bytes.toString('utf8');
  if (type === 'bytes') return bytes.toString('base64');
  if (type === 'time') {
    const { seconds } = decode(bytes, { 1: one('seconds', 'number') });
    return typeof seconds === 'number' ? timestamp(new Date(seconds * 1000)) : undefined;
  }
  if (type === 'int-or-string') {
    const {
      type: kind,
      int,
      text,
    } = decode(bytes, { 1: one('type', 'number'), 2: one('int', 'number'), 3: one('text') });
    return kind === 1 ? (text ?? '') : (int ?? 0);
  }
  return decode(bytes, type);
}

function asBytes(value: number | Buffer): Buffer {
  if (typeof value === 'number')
    throw new ApiServerError('BadRequest', 'a field of the protobuf body has an unexpected type');
  return value;
}
