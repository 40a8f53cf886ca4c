import { ApiServerError } from '../errors.ts';
import { stringOf, type JsonObject } from '../object/json.ts';
import { timestamp } from '../object/types.ts';
import { readFields } from './reader.ts';

/** How the value of a field is turned into JSON. */
type FieldType =
  'string' | 'number' | 'boolean' | 'bytes' | 'time' | 'int-or-string' | 'string-map' | 'bytes-map' | Message;

interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly repeated?: boolean;
}

/** A message by its field numbers (from the generated.proto files of Kubernetes' API). */
type Message = Readonly<Record<number, Field>>;

function one(name: string, type: FieldType = 'string'): Field {
  return { name, type };
}

function many(name: string, type: FieldType = 'string'): Field {
  return { name, type, repeated: true };
}

const OWNER: Message = {
  1: one('kind'),
  3: one('name'),
  4: one('uid'),
  5: one('apiVersion'),
  6: one('controller', 'boolean'),
  7: one('blockOwnerDeletion', 'boolean'),
};

const METADATA = one('metadata', {
  1: one('name'),
  2: one('generateName'),
  3: one('namespace'),
  5: one('uid'),
  6: one('resourceVersion'),
  7: one('generation', 'number'),
  8: one('creationTimestamp', 'time'),
  9: one('deletionTimestamp', 'time'),
  10: one('deletionGracePeriodSeconds', 'number'),
  11: one('labels', 'string-map'),
  12: one('annotations', 'string-map'),
  13: many('ownerReferences', OWNER),
  14: many('finalizers'),
});

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

function decodeValue(value: number | Buffer, type: Exclude<FieldType, 'string-map' | 'bytes-map'>): unknown {
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
