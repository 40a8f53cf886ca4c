import { ApiServerError, invalid, type StatusCause } from '../errors.ts';
import { fitting } from '../fitting.ts';
import { isObject, membersOf, stringOf, type JsonObject } from '../object/json.ts';
import { isTooDeep, tooDeep } from '../object/nesting.ts';
import { OBJECT_META } from '../kinds/schemas/meta.ts';
import { apiVersionOf, isKubeObject, type KubeObject } from '../object/types.ts';
import { decode } from '../schema/decode.ts';
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
  /** Of a JSON patch that made the object the paths of members that an operation has twice, such as `[0].op`. */
  readonly repeated?: readonly string[];
  /** True for the result of server-side apply, which says itself who owns what. */
  readonly applied?: boolean;
  /** True for a new object of the server itself: it is right as it is, and nobody is asked about it. */
  readonly own?: boolean;
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
  const schema = definition.schema;
  // Of a custom resource only the metadata is read into types of the server.
  const undecodable =
    definition.origin === 'builtin' && schema !== undefined
      ? decode(schema, object)
      : decode(OBJECT_META, object.metadata, 'metadata');
  if (undecodable !== undefined) throw cannotBeHandled(definition, undecodable);
  const order = Object.keys(object);
  const { causes, unknown } = checkMetadataShape(object.metadata);
  const first = causes[0];
  if (first !== undefined)
    throw cannotBeHandled(definition, `${first.field ?? 'metadata'}: ${first.message}`);
  if (schema !== undefined)
    unknown.push(
      ...unknownFields(schema, object, { remove: definition.origin === 'custom' ? 'all' : 'root' }).sort(),
    );
  reportFields(definition, scope, [
    ...(definition.origin === 'custom' ? unknown : inOrder(unknown, order)).map(
      (path) => `unknown field "${path}"`,
    ),
    ...body.duplicates.map((path) => `duplicate field "${path}"`),
    ...(body.repeated ?? []).map((path) => `json patch duplicate field "${path}"`),
  ]);
  fillDefaults(definition, object);
  return object;
}

function cannotBeHandled({ kind, version }: ResourceDefinition, why: string): ApiServerError {
  return new ApiServerError(
    'BadRequest',
    `${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`,
  );
}

/** The same for an object that the server itself has made, which only lacks its defaults. */
export function conformOwn(definition: ResourceDefinition, body: ParsedBody): KubeObject {
  const object = checkKind(definition, body.value);
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
    unknownFields(definition.schema, object, { remove: 'all' });
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
  if (definition.origin === 'custom' && value.apiVersion === apiVersion && value.kind !== definition.kind)
    throw invalid(
      { group: definition.group, resource: '', kind: show(value.kind) },
      stringOf(membersOf(value.metadata).name),
      [
        {
          reason: 'FieldValueInvalid',
          field: 'kind',
          message: `Invalid value: ${JSON.stringify(value.kind)}: must be ${definition.kind}`,
        },
      ],
    );
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

/** Fields in the order in which the object has them. */
function inOrder(paths: readonly string[], order: readonly string[]): string[] {
  const place = (path: string) => order.indexOf(/^[^.[]*/.exec(path)?.[0] ?? '');
  return paths.toSorted((a, b) => place(a) - place(b));
}

/** Kubernetes tells no more either. */
const MOST_STRICT_PROBLEMS = 100;

function reportFields(
  definition: ResourceDefinition,
  { fieldValidation, warnings }: Pick<RequestScope, 'fieldValidation' | 'warnings'>,
  all: readonly string[],
): void {
  if (fieldValidation === 'Ignore') return;
  const problems = fitting(all, ({ length }) => length, MOST_STRICT_PROBLEMS);
  if (problems.length === 0) return;
  if (fieldValidation === 'Warn') {
    warnings.push(...problems);
    return;
  }
  throw cannotBeHandled(definition, `strict decoding error: ${problems.join(', ')}`);
}

/** What is known of a write beside the object itself. */
export interface ObjectValidation {
  /** The object that is replaced: parts of a custom resource that were not changed need not be valid. */
  readonly old?: KubeObject;
  /** Violations that were found already, told first. */
  readonly extra?: readonly StatusCause[];
  /** The same, told last. */
  readonly last?: readonly StatusCause[];
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
  { old, extra = [], last = [], parts = 'all', warnings }: ObjectValidation,
): Promise<void> {
  const { schema, strategy } = definition;
  const causes = [...validateMetadata(definition, object.metadata), ...extra];
  if (schema !== undefined && parts === 'all') {
    if (definition.origin === 'custom') await loadPatterns(schema);
    const correlation =
      old === undefined || definition.origin === 'builtin' ? undefined : new Correlation(schema, object, old);
    // What is missing in the metadata was told already, in other words.
    causes.push(
      ...validateSchema(schema, object, '', correlation).filter(
        ({ reason, field }) => reason !== 'FieldValueRequired' || field?.startsWith('metadata.') !== true,
      ),
    );
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
    const own = strategy.validate?.(object, old) ?? [];
    // What the kind itself says of a member says more than that it is missing.
    const rest = causes.filter((cause) => !own.some((more) => saysMore(more, cause)));
    causes.splice(0, causes.length, ...rest, ...own);
  }
  causes.push(...last);
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
