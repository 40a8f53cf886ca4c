import type { StatusCause } from '../errors.ts';
import { equalJson, isObject, membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { atomic, bool, list, map, mergeList, obj, str } from '../schema/dsl.ts';
import type { TableColumn } from '../table/columns.ts';
import { ageColumn, countColumn, nameColumn, textColumn } from '../table/common-columns.ts';
import { builtin, objectSchema } from './builtin.ts';

const DATA_KEY = /^[-._a-zA-Z0-9]+$/;
const MAX_KEY_LENGTH = 253;
/** Bytes that the values of a ConfigMap or Secret may have together. */
const MAX_DATA_BYTES = 1024 * 1024;

const BYTES = str('', { format: 'byte', minLength: 0 });

/** ConfigMap, Secret and ServiceAccount. */
export function configurationKinds(): ResourceDefinition[] {
  return [configMap(), secret(), serviceAccount()];
}

function configMap(): ResourceDefinition {
  return builtin({
    group: '',
    version: 'v1',
    kind: 'ConfigMap',
    resource: 'configmaps',
    shortNames: ['cm'],
    namespaced: true,
    schema: objectSchema('Configuration as keys and values.', {
      data: map(str(), 'Values that are text.'),
      binaryData: map(BYTES, 'Values that are not text, base64.'),
      immutable: bool('True if the values can no longer be changed.'),
    }),
    columns: [nameColumn(), dataColumn((object) => keys(object.data) + keys(object.binaryData)), ageColumn()],
    strategy: {
      applyDefaults: (object) => dropEmpty(object, ['data', 'binaryData']),
      validate: (object) => [...validateData(object, ['data', 'binaryData']), ...validateTwice(object)],
      validateUpdate: (object, old) => validateImmutable(object, old, ['data', 'binaryData']),
    },
  });
}

function secret(): ResourceDefinition {
  return builtin({
    group: '',
    version: 'v1',
    kind: 'Secret',
    resource: 'secrets',
    namespaced: true,
    schema: objectSchema('Confidential keys and values.', {
      data: map(BYTES, 'Values, base64.'),
      stringData: map(str(), 'Values as text; moved to data when written.'),
      type: str('What the secret is for; Opaque unless given.'),
      immutable: bool('True if the values can no longer be changed.'),
    }),
    selectableFields: { type: ['type'] },
    columns: [
      nameColumn(),
      textColumn('Type', 'What the secret is for.', (object) => stringOf(object.type)),
      dataColumn((object) => keys(object.data)),
      ageColumn(),
    ],
    strategy: {
      applyDefaults: (object) => {
        object.type ??= 'Opaque';
        dropEmpty(object, ['data', 'stringData']);
        if (!isObject(object.stringData)) return;
        const encoded = Object.entries(object.stringData).map(
          ([key, value]) => [key, Buffer.from(stringOf(value)).toString('base64')] as const,
        );
        object.data = { ...membersOf(object.data), ...Object.fromEntries(encoded) };
        delete object.stringData;
      },
      validate: (object) => [...validateData(object, ['data']), ...validateSecretType(object)],
      validateUpdate: (object, old) => [
        ...(object.type === old.type ? [] : [invalid('type', object.type, 'field is immutable')]),
        ...validateImmutable(object, old, ['data']),
      ],
    },
  });
}

function serviceAccount(): ResourceDefinition {
  const reference = obj('Names a secret.', { name: str('Name.') });
  const objectReference = atomic(
    obj('Names an object.', {
      name: str('Name.'),
      namespace: str('Namespace.'),
      kind: str('Kind.'),
      apiVersion: str('API version.'),
      uid: str('UID.'),
      fieldPath: str('Part of the object.'),
      resourceVersion: str('Revision.'),
    }),
  );
  return builtin({
    group: '',
    version: 'v1',
    kind: 'ServiceAccount',
    resource: 'serviceaccounts',
    answersDeleted: true,
    shortNames: ['sa'],
    namespaced: true,
    extraSubresources: ['token'],
    schema: objectSchema('An identity for programs in pods.', {
      secrets: mergeList(objectReference, 'name', 'Secrets that its pods may use.'),
      imagePullSecrets: list(reference, 'Secrets for pulling images.'),
      automountServiceAccountToken: bool('True if pods get a token.'),
    }),
    strategy: {
      prepareForCreate: keepSecretNames,
      prepareForUpdate: keepSecretNames,
      applyDefaults: (account) => {
        for (const member of ['secrets', 'imagePullSecrets'])
          if (Array.isArray(account[member]) && account[member].length === 0)
            Reflect.deleteProperty(account, member);
      },
    },
  });
}

/** Of the secrets that an account names only the names count, because they are in its own namespace. In place. */
function keepSecretNames(account: KubeObject): void {
  if (Array.isArray(account.secrets))
    account.secrets = account.secrets.map((secret) => ({ name: stringOf(membersOf(secret).name) }));
}

/** Kubernetes calls these numbers texts. */
function dataColumn(count: (object: KubeObject) => number): TableColumn {
  return { ...countColumn('Data', 'Number of keys.', count), type: 'string' };
}

/** Removes, in place, maps without members, which Kubernetes does not keep. */
function dropEmpty(object: KubeObject, members: readonly string[]): void {
  for (const member of members)
    if (isObject(object[member]) && keys(object[member]) === 0) Reflect.deleteProperty(object, member);
}

function keys(value: unknown): number {
  return Object.keys(membersOf(value)).length;
}

function invalid(field: string, value: unknown, why: string): StatusCause {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${why}` };
}

function validateData(object: KubeObject, members: readonly string[]): StatusCause[] {
  const causes: StatusCause[] = [];
  let bytes = 0;
  for (const member of members)
    for (const [key, value] of Object.entries(membersOf(object[member]))) {
      if (key.length > MAX_KEY_LENGTH || !DATA_KEY.test(key) || key === '.' || key === '..')
        causes.push(invalid(`${member}[${key}]`, key, keyProblem(key)));
      bytes += Buffer.byteLength(stringOf(value));
    }
  if (bytes > MAX_DATA_BYTES)
    causes.push({
      reason: 'FieldValueTooLong',
      field: members[0] ?? '',
      message: `Too long: may not be more than ${MAX_DATA_BYTES} bytes`,
    });
  return causes;
}

function keyProblem(key: string): string {
  if (key === '.' || key === '..') return `must not be '${key}'`;
  return key.length > MAX_KEY_LENGTH
    ? `must be no more than ${MAX_KEY_LENGTH} bytes`
    : "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
}

function validateTwice({ data, binaryData }: KubeObject): StatusCause[] {
  return Object.keys(membersOf(data))
    .filter((key) => Object.hasOwn(membersOf(binaryData), key))
    .map((key) => invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
}

/** Keys that Secrets of some types must have. */
const SECRET_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

function validateSecretType({ type, data }: KubeObject): StatusCause[] {
  const wanted = SECRET_KEYS[stringOf(type)] ?? [];
  return wanted
    .filter((key) => !Object.hasOwn(membersOf(data), key))
    .map((key) => ({ reason: 'FieldValueRequired', field: `data[${key}]`, message: 'Required value' }));
}

function validateImmutable(object: KubeObject, old: KubeObject, members: readonly string[]): StatusCause[] {
  if (old.immutable !== true) return [];
  return ['immutable', ...members]
    .filter((member) => !equalJson(object[member], old[member]))
    .map((field) => ({
      reason: 'FieldValueForbidden',
      field,
      message: 'Forbidden: field is immutable when `immutable` is set',
    }));
}
