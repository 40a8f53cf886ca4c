import type { JsonObject } from '../object/json.ts';
import { apiVersionOf } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';

const JSON_TYPE = 'application/json';
const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/apply-patch+yaml',
];

interface Operation {
  method: string;
  action: string;
  summary: string;
  query: readonly string[];
  body?: 'object' | 'patch' | 'options';
}

const WRITE_QUERY = ['dryRun', 'fieldManager', 'fieldValidation', 'pretty'];
const LIST_QUERY = [
  'allowWatchBookmarks',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
  'watch',
];
const DELETE_QUERY = ['dryRun', 'gracePeriodSeconds', 'orphanDependents', 'propagationPolicy'];

const COLLECTION: readonly Operation[] = [
  { method: 'get', action: 'list', summary: 'List or watch', query: LIST_QUERY },
  { method: 'post', action: 'post', summary: 'Create', query: WRITE_QUERY, body: 'object' },
  {
    method: 'delete',
    action: 'deletecollection',
    summary: 'Delete the selected objects',
    query: [...LIST_QUERY, ...DELETE_QUERY],
    body: 'options',
  },
];
const SINGLE: readonly Operation[] = [
  { method: 'get', action: 'get', summary: 'Read', query: [] },
  { method: 'put', action: 'put', summary: 'Replace', query: WRITE_QUERY, body: 'object' },
  { method: 'patch', action: 'patch', summary: 'Change', query: [...WRITE_QUERY, 'force'], body: 'patch' },
  { method: 'delete', action: 'delete', summary: 'Delete', query: DELETE_QUERY, body: 'options' },
];

/** The paths of a resource for an OpenAPI v3 document. @param reference to the schema of the kind. */
export function resourcePaths(
  definition: ResourceDefinition,
  reference: JsonObject,
): Record<string, JsonObject> {
  const { group, version, kind, resource, namespaced } = definition;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const collection = namespaced ? `${root}/namespaces/{namespace}/${resource}` : `${root}/${resource}`;
  const item = `${collection}/{name}`;
  const scope = namespaced ? [pathParameter('namespace', 'Namespace of the object.')] : [];
  const named = [...scope, pathParameter('name', `Name of the ${kind}.`)];
  const subresources = [
    ...(definition.status ? ['status'] : []),
    ...(definition.scale === undefined ? [] : ['scale']),
  ];
  return {
    [collection]: pathItem(definition, COLLECTION, scope, reference),
    ...(namespaced && {
      [`${root}/${resource}`]: pathItem(definition, COLLECTION.slice(0, 1), [], reference),
    }),
    [item]: pathItem(definition, SINGLE, named, reference),
    ...Object.fromEntries(
      subresources.map((name) => [
        `${item}/${name}`,
        pathItem(definition, SINGLE.slice(0, 3), named, reference),
      ]),
    ),
  };
}

function pathItem(
  definition: ResourceDefinition,
  operations: readonly Operation[],
  parameters: readonly JsonObject[],
  reference: JsonObject,
): JsonObject {
  const { group, version, kind } = definition;
  const entries = operations.map((operation) => [
    operation.method,
    {
      description: `${operation.summary}: ${kind} of ${apiVersionOf(group, version)}.`,
      operationId: `${operation.action}${kind}${operation.method}`,
      'x-kubernetes-action': operation.action,
      'x-kubernetes-group-version-kind': { group, version, kind },
      parameters: operation.query.map((name) => ({
        name,
        in: 'query',
        schema: { type: 'string', uniqueItems: true },
      })),
      ...(operation.body !== undefined && {
        requestBody: requestBody(operation.body, reference, patchTypes(definition)),
      }),
      responses: {
        200: { description: 'OK', content: { [JSON_TYPE]: { schema: reference } } },
        401: { description: 'Unauthorized' },
      },
    },
  ]);
  return { ...(Object.fromEntries(entries) as JsonObject), ...(parameters.length > 0 && { parameters }) };
}

function requestBody(
  body: 'object' | 'patch' | 'options',
  reference: JsonObject,
  patches: readonly string[],
): JsonObject {
  const types = body === 'patch' ? patches : [JSON_TYPE];
  const schema = body === 'object' ? reference : { type: 'object' };
  return { content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

/** The media types of patches; from this kubectl learns that custom resources take no strategic merge patch. */
export function patchTypes({ origin }: ResourceDefinition): readonly string[] {
  return origin === 'custom' ? PATCH_TYPES : [...PATCH_TYPES, 'application/strategic-merge-patch+json'];
}

function pathParameter(name: string, description: string): JsonObject {
  return { name, in: 'path', required: true, description, schema: { type: 'string', uniqueItems: true } };
}
