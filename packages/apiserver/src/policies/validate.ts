import type { StatusCause } from '../errors.ts';
import { elementsOf, membersOf, stringOf, type JsonObject } from '../object/json.ts';
import { validateSelector } from '../object/embedded-selector.ts';
import type { KubeObject } from '../object/types.ts';
import { Causes } from '../webhooks/causes.ts';
import { validateRule } from '../webhooks/validate.ts';
import type { Policy } from './types.ts';

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized'];
const ACTIONS = ['Audit', 'Deny', 'Warn'];

/** Violations in a ValidatingAdmissionPolicy whose members have the right types, but for its expressions. */
export function validatePolicy(object: KubeObject): StatusCause[] {
  const causes = new Causes();
  const spec = membersOf(object.spec);
  causes.oneOf('spec.failurePolicy', spec.failurePolicy, ['Fail', 'Ignore']);
  if (spec.matchConstraints === undefined) causes.required('spec.matchConstraints');
  else {
    const match = membersOf(spec.matchConstraints);
    if (elementsOf(match.resourceRules).length === 0) causes.required('spec.matchConstraints.resourceRules');
    validateMatch(causes, match, 'spec.matchConstraints');
  }
  if (elementsOf(spec.validations).length + elementsOf(spec.auditAnnotations).length === 0)
    causes.required('spec.validations', 'validations or auditAnnotations must contain at least one item');
  elementsOf(spec.validations)
    .map(membersOf)
    .forEach((validation, index) => validateValidation(causes, validation, `spec.validations[${index}]`));
  validateNames(causes, elementsOf(spec.variables), 'spec.variables', /^[A-Za-z_]\w*$/);
  validateNames(causes, elementsOf(spec.matchConditions), 'spec.matchConditions', /^\S+$/);
  return causes.list;
}

function validateValidation(causes: Causes, validation: JsonObject, path: string): void {
  const expression = stringOf(validation.expression).trim();
  const message = stringOf(validation.message);
  if (expression === '') causes.required(`${path}.expression`, 'expression is not specified');
  if (message !== '' && message.trim() === '')
    causes.invalid(`${path}.message`, message, 'message must be non-empty if specified');
  else if (message.trim().includes('\n'))
    causes.invalid(`${path}.message`, message, 'message must not contain line breaks');
  else if (/[\n\r]/.test(expression) && message === '')
    causes.required(`${path}.message`, 'message must be specified if expression contains line breaks');
  if (validation.reason !== undefined) causes.oneOf(`${path}.reason`, validation.reason, REASONS);
}

function validateNames(causes: Causes, items: readonly unknown[], path: string, pattern: RegExp): void {
  const seen = new Set<string>();
  items.map(membersOf).forEach(({ name, expression }, index) => {
    const text = stringOf(name);
    if (text === '') causes.required(`${path}[${index}].name`);
    else if (!pattern.test(text))
      causes.invalid(`${path}[${index}].name`, text, 'is not a valid CEL identifier');
    else if (seen.has(text)) causes.duplicate(`${path}[${index}].name`, text);
    seen.add(text);
    if (stringOf(expression).trim() === '') causes.required(`${path}[${index}].expression`);
  });
}

function validateMatch(causes: Causes, match: JsonObject, path: string): void {
  for (const member of ['namespaceSelector', 'objectSelector'])
    causes.list.push(...validateSelector(match[member], `${path}.${member}`));
  for (const member of ['resourceRules', 'excludeResourceRules'])
    elementsOf(match[member]).forEach((rule, index) =>
      validateRule(causes, membersOf(rule), `${path}.${member}[${index}]`),
    );
  causes.oneOf(`${path}.matchPolicy`, match.matchPolicy, ['Equivalent', 'Exact']);
}

/** Expressions of a policy that do not compile. */
export async function policyExpressionProblems(
  object: KubeObject,
  old: KubeObject | undefined,
): Promise<StatusCause[]> {
  if (old !== undefined && JSON.stringify(old.spec) === JSON.stringify(object.spec)) return [];
  const { CompiledPolicy } = await import('./evaluator.ts');
  return new CompiledPolicy(object as Policy).problems().map(({ path, source, problem }) => ({
    reason: 'FieldValueInvalid',
    field: path,
    message: `Invalid value: ${JSON.stringify(source)}: ${problem}`,
  }));
}

/** Violations in a ValidatingAdmissionPolicyBinding whose members have the right types. */
export function validateBinding(object: KubeObject): StatusCause[] {
  const causes = new Causes();
  const spec = membersOf(object.spec);
  if (stringOf(spec.policyName) === '') causes.required('spec.policyName');
  const actions = elementsOf(spec.validationActions);
  if (actions.length === 0) causes.required('spec.validationActions');
  actions.forEach((action, index) => {
    causes.oneOf(`spec.validationActions[${index}]`, action, ACTIONS);
    if (actions.indexOf(action) < index) causes.duplicate(`spec.validationActions[${index}]`, action);
  });
  if (actions.includes('Deny') && actions.includes('Warn'))
    causes.invalid(
      'spec.validationActions',
      actions,
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    );
  if (spec.matchResources !== undefined)
    validateMatch(causes, membersOf(spec.matchResources), 'spec.matchResources');
  if (spec.paramRef !== undefined) validateParamRef(causes, membersOf(spec.paramRef));
  return causes.list;
}

function validateParamRef(causes: Causes, { name, selector, parameterNotFoundAction }: JsonObject): void {
  if (stringOf(name) === '' && selector === undefined)
    causes.required('spec.paramRef', 'one of name or selector must be specified');
  if (stringOf(name) !== '' && selector !== undefined)
    causes.forbidden('spec.paramRef.name', 'name and selector are mutually exclusive');
  if (selector !== undefined) causes.list.push(...validateSelector(selector, 'spec.paramRef.selector'));
  if (parameterNotFoundAction === undefined) causes.required('spec.paramRef.parameterNotFoundAction');
  else causes.oneOf('spec.paramRef.parameterNotFoundAction', parameterNotFoundAction, ['Allow', 'Deny']);
}
