import type { StatusCause } from '../errors.ts';
import { equalJson, isObject } from '../object/json.ts';
import { checkFormat } from './format.ts';
import { matchesPattern } from './pattern.ts';
import type { Correlation } from './correlation.ts';
import type { Schema } from './types.ts';

/** Characters of a path that are told. */
const LONGEST_PATH = 4096;

/** Joins a field path and a member name the way Kubernetes prints it: `a.b`, `a[key.with.dots]`. What gets too long is cut. */
export function memberPath(path: string, member: string): string {
  if (path.length > LONGEST_PATH) return path;
  const name = member.length > LONGEST_PATH ? `${member.slice(0, LONGEST_PATH)}...` : member;
  if (/[.[\]]/.test(member)) return `${path}[${name}]`;
  return path === '' ? name : `${path}.${name}`;
}

const TYPE_INVALID = 'FieldValueTypeInvalid';
const INVALID = 'FieldValueInvalid';
const REQUIRED = 'FieldValueRequired';
const UNSUPPORTED = 'FieldValueNotSupported';
const DUPLICATE = 'FieldValueDuplicate';

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function hasType(value: unknown, type: string): boolean {
  const actual = typeOf(value);
  return actual === type || (type === 'number' && actual === 'integer');
}

/**
 * Checks a value against a structural schema.
 * @param former the value that is replaced, if one is: what was not changed is not looked at.
 * @returns one cause per violation; a violated type is reported as `FieldValueTypeInvalid` and its content is not looked at.
 */
export function validateSchema(
  schema: Schema,
  value: unknown,
  path = '',
  former?: Correlation,
): StatusCause[] {
  const causes: StatusCause[] = [];
  validateInto(causes, schema, value, path, former);
  return causes;
}

function validateInto(
  causes: StatusCause[],
  schema: Schema,
  value: unknown,
  path: string,
  former?: Correlation,
): void {
  if (former?.unchanged === true) return;
  if (value === null && schema.nullable === true) return;
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (typeof value !== 'string' && !Number.isInteger(value)) {
      causes.push(typeCause(path, 'integer or string', value));
      return;
    }
  } else if (schema.type !== undefined && !hasType(value, schema.type)) {
    causes.push(typeCause(path, schema.type, value));
    return;
  }
  if (schema.enum !== undefined && !schema.enum.some((choice) => equalJson(choice, value))) {
    const choices = schema.enum.map(show).join(', ');
    causes.push(cause(UNSUPPORTED, path, `Unsupported value: ${show(value)}: supported values: ${choices}`));
  }
  if (typeof value === 'string') validateString(causes, schema, value, path);
  else if (typeof value === 'number') validateNumber(causes, schema, value, path);
  else if (Array.isArray(value)) validateArray(causes, schema, value, path, former);
  else if (isObject(value)) validateMembers(causes, schema, value, path, former);
  validateCombinators(causes, schema, value, path);
}

function cause(reason: string, field: string, message: string): StatusCause {
  return { reason, message, field: field === '' ? '<nil>' : field };
}

function typeCause(path: string, expected: string, value: unknown): StatusCause {
  return cause(
    TYPE_INVALID,
    path,
    `Invalid value: "${typeOf(value)}": ${path === '' ? '<nil>' : path} in body must be of type ${expected}: "${typeOf(value)}"`,
  );
}

function invalidValue(path: string, value: unknown, why: string): StatusCause {
  return cause(INVALID, path, `Invalid value: ${show(value)}: ${why}`);
}

/** As {@link invalidValue}, with the path once more in the text, as the library has it with which Kubernetes checks. */
function outOfBounds(path: string, value: unknown, why: string): StatusCause {
  return invalidValue(path, value, `${path} in body ${why}`);
}

function validateString(causes: StatusCause[], schema: Schema, value: string, path: string): void {
  const isMeasured = schema.minLength !== undefined || schema.maxLength !== undefined;
  const length = isMeasured ? Array.from(value).length : 0;
  if (schema.minLength !== undefined && length < schema.minLength)
    causes.push(outOfBounds(path, value, `should be at least ${schema.minLength} characters long`));
  if (schema.maxLength !== undefined && length > schema.maxLength)
    causes.push(
      cause('FieldValueTooLong', path, `Too long: may not be more than ${schema.maxLength} characters`),
    );
  if (schema.pattern !== undefined && matchesPattern(schema.pattern, value) === false)
    causes.push(outOfBounds(path, value, `should match '${schema.pattern}'`));
  // Nothing at all has every format where the schema says that there may be nothing.
  const mayBeEmpty = value === '' && schema.minLength === 0;
  if (schema.format !== undefined && !mayBeEmpty && !checkFormat(schema.format, value))
    causes.push(invalidValue(path, value, `must be of format ${schema.format}`));
}

function validateNumber(causes: StatusCause[], schema: Schema, value: number, path: string): void {
  const { minimum, maximum, multipleOf } = schema;
  if (minimum !== undefined && (schema.exclusiveMinimum === true ? value <= minimum : value < minimum))
    causes.push(
      outOfBounds(path, value, `should be greater than ${orEqual(schema.exclusiveMinimum)}${minimum}`),
    );
  if (maximum !== undefined && (schema.exclusiveMaximum === true ? value >= maximum : value > maximum))
    causes.push(
      outOfBounds(path, value, `should be less than ${orEqual(schema.exclusiveMaximum)}${maximum}`),
    );
  if (multipleOf !== undefined && Math.abs(value / multipleOf - Math.round(value / multipleOf)) > 1e-9)
    causes.push(outOfBounds(path, value, `should be a multiple of ${multipleOf}`));
  if (schema.format === 'int32' && (value > 2147483647 || value < -2147483648))
    causes.push(invalidValue(path, value, 'must fit into 32 bits'));
}

function orEqual(exclusive: boolean | undefined): string {
  return exclusive === true ? '' : 'or equal to ';
}

function validateArray(
  causes: StatusCause[],
  schema: Schema,
  value: readonly unknown[],
  path: string,
  former: Correlation | undefined,
): void {
  if (schema.minItems !== undefined && value.length < schema.minItems)
    causes.push(invalidValue(path, value.length, `should have at least ${schema.minItems} items`));
  if (schema.maxItems !== undefined && value.length > schema.maxItems)
    causes.push(
      cause(
        'FieldValueTooMany',
        path,
        `Too many: ${value.length}: must have at most ${schema.maxItems} items`,
      ),
    );
  const { items } = schema;
  if (items !== undefined)
    value.forEach((item, index) =>
      validateInto(causes, items, item, `${path}[${index}]`, former?.index(index)),
    );
  const listType = schema['x-kubernetes-list-type'];
  if (schema.uniqueItems === true || listType === 'set') reportDuplicates(causes, value, value, path);
  if (listType === 'map') {
    const keys = schema['x-kubernetes-list-map-keys'] ?? [];
    const identities = value.map((item) =>
      Object.fromEntries(
        keys.map((key) => [
          key,
          isObject(item) ? (item[key] ?? items?.properties?.[key]?.default) : undefined,
        ]),
      ),
    );
    reportDuplicates(causes, identities, identities, path);
  }
}

function reportDuplicates(
  causes: StatusCause[],
  values: readonly unknown[],
  shown: readonly unknown[],
  path: string,
): void {
  const seen = new Set<string>();
  values.forEach((value, index) => {
    const identity = JSON.stringify(value);
    if (seen.has(identity))
      causes.push(cause(DUPLICATE, `${path}[${index}]`, `Duplicate value: ${show(shown[index])}`));
    seen.add(identity);
  });
}

function validateMembers(
  causes: StatusCause[],
  schema: Schema,
  value: Record<string, unknown>,
  path: string,
  former: Correlation | undefined,
): void {
  for (const name of schema.required ?? [])
    if (value[name] === undefined) causes.push(cause(REQUIRED, memberPath(path, name), 'Required value'));
  const count = Object.keys(value).length;
  if (schema.minProperties !== undefined && count < schema.minProperties)
    causes.push(invalidValue(path, count, `should have at least ${schema.minProperties} properties`));
  if (schema.maxProperties !== undefined && count > schema.maxProperties)
    causes.push(
      cause('FieldValueTooMany', path, `Too many: ${count}: must have at most ${schema.maxProperties} items`),
    );
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const known = schema.properties !== undefined && Object.hasOwn(schema.properties, name);
    const memberSchema = known
      ? schema.properties?.[name]
      : isObject(schema.additionalProperties)
        ? (schema.additionalProperties as Schema)
        : undefined;
    if (memberSchema !== undefined)
      validateInto(causes, memberSchema, member, memberPath(path, name), former?.key(name));
  }
}

function validateCombinators(causes: StatusCause[], schema: Schema, value: unknown, path: string): void {
  for (const part of schema.allOf ?? []) validateInto(causes, part, value, path);
  const passes = (part: Schema) => validateSchema(part, value, path).length === 0;
  if (schema.anyOf !== undefined && !schema.anyOf.some(passes)) {
    // With an int-or-string field the alternatives only restate the two types.
    if (schema['x-kubernetes-int-or-string'] !== true)
      causes.push(invalidValue(path, value, 'must validate at least one schema (anyOf)'));
  }
  if (schema.oneOf !== undefined && schema.oneOf.filter(passes).length !== 1)
    causes.push(invalidValue(path, value, 'must validate one and only one schema (oneOf)'));
  if (schema.not !== undefined && passes(schema.not))
    causes.push(invalidValue(path, value, 'must not validate the schema (not)'));
}
