// The names that expressions of policies and match conditions may use.
import type { AdmissionRequest } from '../admission/types.ts';
import { isObject } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { Declarations } from '../cel/check.ts';
import type { Variables } from '../cel/evaluate.ts';
import { authorizerValue, resourceCheckValue, type AccessCheck } from '../cel/library/authorizer.ts';
import { parseType, SIMPLE, type CelType, type ObjectType } from '../cel/types.ts';
import { list, map, type CelMap, type CelValue } from '../cel/values.ts';

function object(name: string, fields: Readonly<Record<string, CelType | string>>): ObjectType {
  return {
    kind: 'object',
    name,
    fields: new Map(
      Object.entries(fields).map(([field, type]) => [
        field,
        typeof type === 'string' ? parseType(type) : type,
      ]),
    ),
  };
}

const KIND = object('kubernetes.GroupVersionKind', { group: 'string', version: 'string', kind: 'string' });
const RESOURCE = object('kubernetes.GroupVersionResource', {
  group: 'string',
  version: 'string',
  resource: 'string',
});
const REQUEST = object('kubernetes.AdmissionRequest', {
  kind: KIND,
  resource: RESOURCE,
  subResource: 'string',
  requestKind: KIND,
  requestResource: RESOURCE,
  requestSubResource: 'string',
  name: 'string',
  namespace: 'string',
  operation: 'string',
  userInfo: object('kubernetes.UserInfo', {
    username: 'string',
    uid: 'string',
    groups: 'list(string)',
    extra: 'map(string, list(string))',
  }),
  dryRun: 'bool',
  options: 'dyn',
});
const CONDITION = object('kubernetes.NamespaceCondition', {
  status: 'string',
  type: 'string',
  lastTransitionTime: 'timestamp',
  message: 'string',
  reason: 'string',
});
const NAMESPACE = object('kubernetes.Namespace', {
  metadata: object('kubernetes.NamespaceMetadata', {
    name: 'string',
    generateName: 'string',
    namespace: 'string',
    labels: 'map(string, string)',
    annotations: 'map(string, string)',
    UID: 'string',
    creationTimestamp: 'timestamp',
    deletionGracePeriodSeconds: 'int',
    deletionTimestamp: 'timestamp',
    generation: 'int',
    resourceVersion: 'string',
    finalizers: 'list(string)',
  }),
  spec: object('kubernetes.NamespaceSpec', { finalizers: 'list(string)' }),
  status: object('kubernetes.NamespaceStatus', {
    conditions: { kind: 'list', element: CONDITION },
    phase: 'string',
  }),
});

/** Which names there are beside object, oldObject, request and namespaceObject. */
export interface DeclaredNames {
  readonly params: boolean;
  readonly authorizer: boolean;
}

/** Names and their types. */
export function declarations({ params, authorizer }: DeclaredNames): Declarations {
  return new Map<string, CelType>([
    ['object', SIMPLE.dyn],
    ['oldObject', SIMPLE.dyn],
    ['namespaceObject', NAMESPACE],
    ['request', REQUEST],
    ...(params ? ([['params', SIMPLE.dyn]] as const) : []),
    ...(authorizer
      ? ([
          ['authorizer', parseType('kubernetes.authorization.Authorizer')],
          ['authorizer.requestResource', parseType('kubernetes.authorization.ResourceCheck')],
        ] as const)
      : []),
  ]);
}

/** What the names stand for in one request. */
export interface Input {
  readonly request: AdmissionRequest;
  /** The resource and kind that the policy asked for, where they are others than the request's. */
  readonly matched?: {
    readonly group: string;
    readonly version: string;
    readonly resource: string;
    readonly kind: string;
  };
  readonly object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
  readonly namespace: KubeObject | undefined;
  readonly params?: KubeObject | undefined;
  readonly access: AccessCheck;
}

/** Values of all names. */
export function variablesOf(input: Input): Variables {
  const { request, access } = input;
  const target = {
    group: request.resource.group,
    version: request.resource.version,
    resource: request.resource.resource,
    subresource: request.subresource ?? '',
    namespace: request.namespace ?? '',
    name: request.name,
  };
  return new Map<string, () => CelValue>([
    ['object', once(() => plainValue(input.object ?? null))],
    ['oldObject', once(() => plainValue(input.oldObject ?? null))],
    ['namespaceObject', once(() => plainValue(input.namespace ?? null))],
    ['params', once(() => plainValue(input.params ?? null))],
    ['request', once(() => plainValue(requestObject(input)))],
    ['authorizer', () => authorizerValue(access)],
    ['authorizer.requestResource', () => resourceCheckValue(access, target)],
  ]);
}

/** A value that is made when it is first needed. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** JSON as expressions see it that know nothing of its schema. */
function plainValue(value: unknown): CelValue {
  if (Array.isArray(value)) return list(value.map(plainValue));
  if (isObject(value)) return plainMap(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

function plainMap(value: Record<string, unknown>): CelMap {
  return map(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, plainValue(member)] as const),
  );
}

/** The request as an AdmissionReview has it: what is empty is left out. */
function requestObject({ request, matched }: Input): object {
  const { resource, kind, subresource, user } = request;
  const asked = matched ?? { ...resource, kind };
  return {
    kind: { group: asked.group, version: asked.version, kind: asked.kind },
    resource: { group: asked.group, version: asked.version, resource: asked.resource },
    ...(subresource !== undefined && { subResource: subresource, requestSubResource: subresource }),
    requestKind: { group: resource.group, version: resource.version, kind },
    requestResource: { ...resource },
    ...(request.name !== '' && { name: request.name }),
    ...(request.namespace !== undefined && { namespace: request.namespace }),
    operation: request.operation,
    userInfo: {
      username: user.name,
      ...(user.uid !== undefined && user.uid !== '' && { uid: user.uid }),
      ...(user.groups.length > 0 && { groups: user.groups }),
      ...(user.extra !== undefined && Object.keys(user.extra).length > 0 && { extra: user.extra }),
    },
    dryRun: request.dryRun,
    options: request.options ?? OPTIONS[request.operation],
  };
}

const OPTIONS: Readonly<Partial<Record<AdmissionRequest['operation'], object>>> = {
  CREATE: { apiVersion: 'meta.k8s.io/v1', kind: 'CreateOptions' },
  UPDATE: { apiVersion: 'meta.k8s.io/v1', kind: 'UpdateOptions' },
  DELETE: { apiVersion: 'meta.k8s.io/v1', kind: 'DeleteOptions' },
};
