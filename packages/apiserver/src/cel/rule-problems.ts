// What is wrong with the rules of a CustomResourceDefinition, found out when it is written.
import type { StatusCause } from '../errors.ts';
import { isObject } from '../object/json.ts';
import type { Schema } from '../schema/types.ts';
import { normalFieldPath } from './field-path.ts';
import { quoted } from './library/format-text.ts';
import { compileRule, rulesOf, SELF_TYPE, type Rule } from './rule.ts';
import { schemaType } from './schema-type.ts';
import type { CelType } from './types.ts';

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

interface Place {
  readonly path: string;
  /** The type of values here, undefined where expressions do not see them. */
  readonly type: CelType | undefined;
  /** The schema below which old and new values cannot be told to belong together, if there is one. */
  readonly uncorrelated: string | undefined;
}

/** Problems of all rules of a schema of whole objects. @param path of the schema in the definition */
export function ruleProblems(schema: Schema, path: string): StatusCause[] {
  return visit(schema, { path, type: schemaType(schema, true, SELF_TYPE), uncorrelated: undefined }, true);
}

function visit(schema: Schema, place: Place, root = false): StatusCause[] {
  const below: StatusCause[] = [];
  const { path, type } = place;
  if (isObject(schema.additionalProperties)) {
    const values = schema.additionalProperties as Schema;
    const inner = type?.kind === 'map' ? type.value : ownType(values);
    below.push(...visit(values, { ...place, path: `${path}.additionalProperties`, type: inner }));
  }
  for (const [name, member] of Object.entries(schema.properties ?? {}))
    below.push(
      ...visit(member, {
        ...place,
        path: `${path}.properties[${name}]`,
        type: memberType(type, name, member),
      }),
    );
  if (schema.items !== undefined) {
    const inner = type?.kind === 'list' ? type.element : ownType(schema.items);
    const keyed = schema['x-kubernetes-list-type'] === 'map';
    const uncorrelated = place.uncorrelated ?? (keyed ? undefined : path);
    below.push(...visit(schema.items, { path: `${path}.items`, type: inner, uncorrelated }));
  }
  const own = rulesOf(schema);
  const shape = own.flatMap((rule, index) =>
    shapeProblems(rule, schema, `${path}.x-kubernetes-validations[${index}]`),
  );
  // A rule whose surroundings are wrong already would only confuse.
  if (shape.length > 0 || own.length === 0) return [...shape, ...below];
  const known = root ? type : (type ?? ownType(schema));
  if (known === undefined)
    return [
      ...below,
      {
        reason: 'InternalError',
        field: `${path}.x-kubernetes-validations`,
        message:
          'Internal error: internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations',
      },
    ];
  return [
    ...below,
    ...own.flatMap((rule, index) =>
      compileProblems(rule, known, place, `${path}.x-kubernetes-validations[${index}]`),
    ),
  ];
}

function ownType(schema: Schema): CelType | undefined {
  return schemaType(schema, schema['x-kubernetes-embedded-resource'] === true, SELF_TYPE);
}

function memberType(type: CelType | undefined, name: string, schema: Schema): CelType | undefined {
  return (type?.kind === 'object' ? type.fields.get(name) : undefined) ?? ownType(schema);
}

function shapeProblems(rule: Rule, schema: Schema, path: string): StatusCause[] {
  const problems: StatusCause[] = [];
  const required = (field: string, why: string) =>
    problems.push({
      reason: 'FieldValueRequired',
      field: `${path}.${field}`,
      message: `Required value: ${why}`,
    });
  const invalid = (field: string, value: string, why: string) =>
    problems.push(invalidCause(`${path}.${field}`, quoted(value), why));
  const breaks = /[\n\r]/;
  const message = rule.message.trim();
  if (rule.rule.trim() === '') required('rule', 'rule is not specified');
  else if (rule.message !== '' && message === '')
    invalid('message', rule.message, 'must be non-empty if specified');
  else if (breaks.test(message)) invalid('message', rule.message, 'must not contain line breaks');
  else if (breaks.test(rule.rule.trim()) && message === '')
    required('message', 'message must be specified if rule contains line breaks');
  if (rule.messageExpression !== '' && rule.messageExpression.trim() === '')
    required('messageExpression', 'messageExpression must be non-empty if specified');
  if (rule.reason !== undefined && !REASONS.includes(rule.reason))
    problems.push({
      reason: 'FieldValueNotSupported',
      field: `${path}.reason`,
      message: `Unsupported value: ${quoted(rule.reason)}: supported values: ${REASONS.map((reason) => quoted(reason)).join(', ')}`,
    });
  if (rule.fieldPath !== '') {
    if (rule.fieldPath.trim() === '') invalid('fieldPath', rule.fieldPath, 'must be non-empty if specified');
    if (breaks.test(rule.fieldPath)) invalid('fieldPath', rule.fieldPath, 'must not contain line breaks');
    if (normalFieldPath(rule.fieldPath, schema) === undefined)
      invalid('fieldPath', rule.fieldPath, 'must be a valid path');
  }
  return problems;
}

function compileProblems(rule: Rule, type: CelType, place: Place, path: string): StatusCause[] {
  const { compiled, compiledMessage, usesOldSelf } = compileRule(rule, type);
  const problems: StatusCause[] = [];
  if (compiled !== undefined && 'problem' in compiled)
    problems.push(invalidCause(`${path}.rule`, ruleJson(rule), compiled.problem));
  if (compiledMessage !== undefined && 'problem' in compiledMessage)
    problems.push(invalidCause(`${path}.messageExpression`, ruleJson(rule), compiledMessage.problem));
  if (usesOldSelf && place.uncorrelated !== undefined)
    problems.push(
      invalidCause(
        `${path}.rule`,
        quoted(rule.rule),
        `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelated}`,
      ),
    );
  else if (!usesOldSelf && rule.optionalOldSelf !== undefined)
    problems.push(
      invalidCause(
        `${path}.optionalOldSelf`,
        String(rule.optionalOldSelf),
        'may not be set if oldSelf is not used in rule',
      ),
    );
  return problems;
}

function invalidCause(field: string, value: string, why: string): StatusCause {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${value}: ${why}` };
}

/** The whole rule as kube-apiserver shows it in its messages. */
function ruleJson(rule: Rule): string {
  const json = JSON.stringify({
    Rule: rule.rule,
    Message: rule.message,
    MessageExpression: rule.messageExpression,
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath,
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  });
  // Go escapes what could end a script in a web page.
  return json.replaceAll(/[&<>]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}
