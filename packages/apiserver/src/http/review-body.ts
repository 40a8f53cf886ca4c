import { ApiServerError } from '../errors.ts';
import type { ReviewDefinition } from '../kinds/reviews.ts';
import { isObject, type JsonObject } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import { conform } from '../registry/conform.ts';
import { NAMESPACE_MISMATCH, type RequestScope } from '../registry/registry.ts';
import type { Schema } from '../schema/types.ts';
import { validateSchema } from '../schema/validate.ts';
import { readObject } from './body.ts';
import type { ResourceRequest } from './context.ts';

/** What the server writes itself; of clients it is not taken. */
const SYSTEM_METADATA = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
] as const;

/**
 * Reads a question: an object that is not stored. What is empty is as if it were not there.
 * @param kept members of the metadata that clients may set although the server sets them in other objects
 * @returns what its kind has, and nothing else
 * @throws ApiServerError `BadRequest` and what reading a body throws
 */
export async function readReview(
  definition: ReviewDefinition,
  { request, info }: ResourceRequest,
  scope: RequestScope,
  kept: readonly (typeof SYSTEM_METADATA)[number][] = [],
): Promise<KubeObject> {
  const object = conform(definition, await readObject(request), scope);
  const mistyped = validateSchema(definition.schema, object).find(
    ({ reason }) => reason === 'FieldValueTypeInvalid',
  );
  if (mistyped !== undefined)
    throw new ApiServerError(
      'BadRequest',
      `${definition.kind} in version "${definition.version}" cannot be handled as a ${definition.kind}: ${mistyped.field ?? ''} ${mistyped.message}`,
    );
  const { apiVersion, kind } = object;
  const metadata = { ...object.metadata };
  for (const member of SYSTEM_METADATA) if (!kept.includes(member)) Reflect.deleteProperty(metadata, member);
  const { namespace = '' } = metadata;
  // What is of the whole cluster has no namespace, whatever clients say.
  if (info.namespace === undefined) delete metadata.namespace;
  else if (namespace === '' || namespace === info.namespace) metadata.namespace = info.namespace;
  else throw new ApiServerError('BadRequest', NAMESPACE_MISMATCH);
  return { ...withoutEmpty(definition.schema, object), apiVersion, kind, metadata };
}

/** The members that a schema names, without empty texts, lists and maps, unless they are required. */
function withoutEmpty(schema: Schema, object: JsonObject): JsonObject {
  const { properties = {}, required = [] } = schema;
  const result: JsonObject = {};
  for (const [name, member] of Object.entries(properties)) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (required.includes(name)) result[name] = value ?? '';
    else if (!isEmpty(member, value)) result[name] = valueOf(member, value);
  }
  return result;
}

function valueOf(schema: Schema, value: unknown): unknown {
  const { items } = schema;
  if (Array.isArray(value) && items !== undefined) return value.map((element) => valueOf(items, element));
  return isObject(value) && schema.properties !== undefined ? withoutEmpty(schema, value) : value;
}

function isEmpty(schema: Schema, value: unknown): boolean {
  if (value === undefined || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && schema.properties === undefined && Object.keys(value).length === 0;
}
