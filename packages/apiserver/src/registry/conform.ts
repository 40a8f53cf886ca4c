import { ApiServerError, invalid, type StatusCause } from '../errors.ts';
import { dropNulls, isObject, type JsonObject } from '../object/json.ts';
import { isTooDeep, tooDeep } from '../object/nesting.ts';
import { apiVersionOf, isKubeObject, type KubeObject } from '../object/types.ts';
import { applyDefaults } from '../schema/default.ts';
import { unknownFields } from '../schema/prune.ts';
import { Correlation } from '../schema/correlation.ts';
import { loadPatterns } from '../schema/pattern.ts';
import { validateSchema } from '../schema/validate.ts';
import type { ResourceDefinition } from './definition.ts';
import { checkMetadataShape, normaliseMetadata, validateMetadata } from './metadata.ts';
import type { RequestScope } from './registry.ts';

/** A request body as it was parsed, with the paths of members that it contains twice. */
export interface ParsedBody {
  readonly value: JsonObject;
  readonly duplicates: readonly string[];
  /** True for the result of server-side apply, which says itself who owns what. */
  readonly applied?: boolean;
}

/**
 * Turns a client's object into one that fits the resource: right kind, sane metadata, unknown fields reported and (for
 * custom resources) removed, defaults filled in. Works in place and returns its argument.
 * @throws ApiServerError `BadRequest`
 */
export function conform(
  definition: ResourceDefinition,
  body: ParsedBody,
  scope: Pick<RequestScope, 'fieldValidation' | 'warnings'>,
): KubeObject {
  if (isTooDeep(body.value)) throw tooDeep();
  const object = checkKind(definition, body.value);
  if (definition.origin === 'builtin') dropNulls(object);
  else dropNulls(object.metadata);
  const { causes, unknown } = checkMetadataShape(object.metadata);
  const first = causes[0];
  if (first !== undefined)
    throw new ApiServerError('BadRequest', `${first.field ?? 'metadata'}: ${first.message}`, { causes });
  const schema = definition.schema;
  if (schema !== undefined)
    unknown.push(...unknownFields(schema, object, { remove: definition.origin === 'custom' }));
  reportFields(definition, scope, unknown, body.duplicates);
  fillDefaults(definition, object);
  return object;
}

/** Fills in what nobody owns who leaves it out. */
export function assignDefaults(definition: ResourceDefinition, object: KubeObject): void {
  definition.strategy.assignDefaults?.(object);
}

/** Brings an object that admission plugins have changed back into shape, silently. */
export function reconform(definition: ResourceDefinition, object: KubeObject): void {
  if (definition.schema !== undefined && definition.origin === 'custom')
    unknownFields(definition.schema, object, { remove: true });
  fillDefaults(definition, object);
  assignDefaults(definition, object);
}

function fillDefaults(definition: ResourceDefinition, object: KubeObject): void {
  normaliseMetadata(object.metadata);
  if (definition.schema !== undefined) applyDefaults(definition.schema, object);
  definition.strategy.applyDefaults?.(object);
}

function checkKind(definition: ResourceDefinition, value: JsonObject): KubeObject {
  const apiVersion = apiVersionOf(definition.group, definition.version);
  value.apiVersion ??= apiVersion;
  value.kind ??= definition.kind;
  value.metadata ??= {};
  if (value.apiVersion !== apiVersion || value.kind !== definition.kind)
    throw new ApiServerError(
      'BadRequest',
      `the object is ${show(value.apiVersion)} ${show(value.kind)}, this path takes ${apiVersion} ${definition.kind}`,
    );
  if (!isObject(value.metadata) || !isKubeObject(value))
    throw new ApiServerError('BadRequest', 'metadata must be an object');
  return value;
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function reportFields(
  definition: ResourceDefinition,
  { fieldValidation, warnings }: Pick<RequestScope, 'fieldValidation' | 'warnings'>,
  unknown: readonly string[],
  duplicates: readonly string[],
): void {
  if (fieldValidation === 'Ignore') return;
  const problems = [
    ...unknown.map((path) => `unknown field "${path}"`),
    ...duplicates.map((path) => `duplicate field "${path}"`),
  ];
  if (problems.length === 0) return;
  if (fieldValidation === 'Warn') {
    warnings.push(...problems);
    return;
  }
  throw new ApiServerError(
    'BadRequest',
    `${definition.kind} in version "${definition.version}" cannot be handled as a ${definition.kind}: strict decoding error: ${problems.join(', ')}`,
  );
}

/** What is known of a write beside the object itself. */
export interface ObjectValidation {
  /** The object that is replaced: parts of a custom resource that were not changed need not be valid. */
  readonly old?: KubeObject;
  /** Violations that were found already. */
  readonly extra?: readonly StatusCause[];
  /** `metadata` when nothing else of a built-in kind has changed. */
  readonly parts?: 'all' | 'metadata';
  /** Receives violations that are tolerated. */
  readonly warnings: string[];
}

/** Reasons for which rules are not asked: they may rely on what the schema promises. */
const BLOCKING = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const RULES_NOT_CHECKED =
  'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

/**
 * Checks an object against its schema and rules, so that an object which a newer schema no longer admits can still be
 * labelled, released and deleted: what an update does not change is not held against it.
 * @throws ApiServerError `Invalid` with a cause for each violation; `BadRequest` when a field of a built-in kind has the
 * wrong type.
 */
export async function validateObject(
  definition: ResourceDefinition,
  object: KubeObject,
  { old, extra = [], parts = 'all', warnings }: ObjectValidation,
): Promise<void> {
  const { schema, strategy } = definition;
  const causes = [...validateMetadata(definition, object.metadata), ...extra];
  if (schema !== undefined && parts === 'all') {
    if (definition.origin === 'custom') await loadPatterns(schema);
    const correlation =
      old === undefined || definition.origin === 'builtin' ? undefined : new Correlation(schema, object, old);
    causes.push(...validateSchema(schema, object, '', correlation));
  }
  const mistyped = causes.find((cause) => cause.reason === 'FieldValueTypeInvalid');
  if (mistyped !== undefined && definition.origin === 'builtin')
    throw new ApiServerError(
      'BadRequest',
      `${definition.kind}: ${mistyped.field ?? ''}: ${mistyped.message}`,
      { causes },
    );
  if (parts === 'all' && mistyped === undefined) {
    await strategy.prepareValidation?.(object);
    const own = strategy.validate?.(object) ?? [];
    // What the kind itself says of a member says more than that it is missing.
    const rest = causes.filter((cause) => !own.some((more) => saysMore(more, cause)));
    causes.splice(0, causes.length, ...rest, ...own);
  }
  const rules = await definition.rules?.();
  if (rules !== undefined)
    causes.push(...(causes.some(blocks) ? [RULES_SKIPPED] : rules(object, old, warnings)));
  if (causes.length === 0) causes.push(...((await strategy.validateDeeply?.(object, old)) ?? []));
  if (causes.length > 0)
    throw invalid(definition, object.metadata.name ?? object.metadata.generateName ?? '', causes);
}

function saysMore({ field: more = '' }: StatusCause, { field = '', reason, message }: StatusCause): boolean {
  if (reason !== 'FieldValueRequired' || message !== 'Required value') return false;
  return more === field || more.startsWith(`${field}.`);
}

const RULES_SKIPPED: StatusCause = {
  reason: 'FieldValueInvalid',
  field: '<nil>',
  message: RULES_NOT_CHECKED,
};

function blocks({ reason }: StatusCause): boolean {
  return reason !== undefined && BLOCKING.has(reason);
}
