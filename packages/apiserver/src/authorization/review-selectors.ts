import { ApiServerError, type StatusCause } from '../errors.ts';
import { elementsOf, isObject, membersOf, stringOf, type JsonObject } from '../object/json.ts';
import { parseLabelSelector } from '../object/label-selector.ts';
import { labelValueProblem, qualifiedNameProblem } from '../object/names.ts';

const KINDS = ['fieldSelector', 'labelSelector'] as const;
type Kind = (typeof KINDS)[number];

const ATTRIBUTES = 'spec.resourceAttributes';
const ONE_OF = new Set(['In', 'NotIn']);
const THERE_OR_NOT = new Set(['Exists', 'DoesNotExist']);

/** What is wrong with the selectors of resource attributes. Operators that are not known are no mistake: clients may be newer. */
export function selectorCauses(resourceAttributes: unknown): StatusCause[] {
  return KINDS.flatMap((kind) => {
    const selector = membersOf(resourceAttributes)[kind];
    return isObject(selector) ? causesOf(kind, selector) : [];
  });
}

function causesOf(kind: Kind, selector: JsonObject): StatusCause[] {
  const at = `${ATTRIBUTES}.${kind}`;
  const raw = stringOf(selector.rawSelector);
  const requirements = elementsOf(selector.requirements);
  const causes: StatusCause[] = [];
  if (raw !== '' && requirements.length > 0)
    causes.push(bad(`${at}.rawSelector`, raw, 'may not specified at the same time as requirements'));
  if (raw === '' && requirements.length === 0)
    causes.push(
      missing(`${at}.requirements`, `when ${at} is specified, requirements or rawSelector is required`),
    );
  requirements.forEach((requirement, index) =>
    causes.push(...requirementCauses(kind, membersOf(requirement), `${at}.requirements[${index}]`)),
  );
  return causes;
}

function requirementCauses(kind: Kind, requirement: JsonObject, at: string): StatusCause[] {
  const key = stringOf(requirement.key);
  const operator = stringOf(requirement.operator);
  const values = elementsOf(requirement.values);
  const causes: StatusCause[] = [];
  if (kind === 'fieldSelector' && key === '') causes.push(missing(`${at}.key`, 'must be specified'));
  if (ONE_OF.has(operator) && values.length === 0)
    causes.push(missing(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  if (THERE_OR_NOT.has(operator) && values.length > 0)
    causes.push({
      reason: 'FieldValueForbidden',
      field: `${at}.values`,
      message: "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
    });
  if (kind === 'fieldSelector') return causes;
  const keyProblem = qualifiedNameProblem(key);
  if (keyProblem !== undefined) causes.push(bad(`${at}.key`, key, keyProblem));
  values.forEach((value, index) => {
    const problem = labelValueProblem(stringOf(value));
    if (problem !== undefined) causes.push(bad(`${at}.values[${index}]`, value, problem));
  });
  return causes;
}

/**
 * What of valid selectors is not understood, in the words of an answer to a review: what is asked for is then wider than what
 * the client meant.
 */
export function ignoredSelectors(resourceAttributes: unknown): string[] {
  return KINDS.flatMap((kind) => {
    const { rawSelector, requirements } = membersOf(membersOf(resourceAttributes)[kind]);
    const understood = elementsOf(requirements).map((one) => isUnderstood(kind, membersOf(one)));
    if (stringOf(rawSelector) !== '') understood.push(isReadable(kind, stringOf(rawSelector)));
    if (!understood.includes(false)) return [];
    const how = understood.includes(true) ? 'partially ignored' : 'ignored';
    return [`${ATTRIBUTES}.${kind} ${how} due to parse error`];
  });
}

function isUnderstood(kind: Kind, { operator, values }: JsonObject): boolean {
  if (ONE_OF.has(stringOf(operator))) return kind === 'labelSelector' || elementsOf(values).length === 1;
  return kind === 'labelSelector' && THERE_OR_NOT.has(stringOf(operator));
}

function isReadable(kind: Kind, selector: string): boolean {
  if (kind === 'fieldSelector')
    return selector
      .split(/(?<!\\),/)
      .every((term) => term === '' || (term.includes('=') && !/\\(?![\\,=])/.test(term)));
  try {
    parseLabelSelector(selector);
    return true;
  } catch (error) {
    if (error instanceof ApiServerError && error.code === 'BadRequest') return false;
    throw error;
  }
}

function bad(field: string, value: unknown, why: string): StatusCause {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${why}` };
}

function missing(field: string, why: string): StatusCause {
  return { reason: 'FieldValueRequired', field, message: `Required value: ${why}` };
}
