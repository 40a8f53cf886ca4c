import type { StatusCause } from '../errors.ts';
import { elementsOf, membersOf, stringOf, type JsonObject } from '../object/json.ts';
import { validateSelector } from '../object/embedded-selector.ts';
import { nameProblem, qualifiedNameProblem } from '../object/names.ts';
import type { KubeObject } from '../object/types.ts';
import { Causes } from '../webhooks/causes.ts';
import { validateConditions, validateRule } from '../webhooks/validate.ts';
import type { Policy } from './types.ts';

const MOST_ANNOTATIONS = 20;
const IDENTIFIER = /^[A-Za-z_]\w*$/;
/** Words of CEL that are no names. */
const RESERVED = new Set([
  ...['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if'],
  ...['import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while'],
]);
const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const ACTIONS = ['Audit', 'Deny', 'Warn'];

/** Violations in a ValidatingAdmissionPolicy whose members have the right types, but for its expressions. */
export function validatePolicy(object: KubeObject): StatusCause[] {
  const causes = new Causes();
  const spec = membersOf(object.spec);
  const validations = elementsOf(spec.validations).map(membersOf);
  const annotations = elementsOf(spec.auditAnnotations).map(membersOf);
  causes.oneOf('spec.failurePolicy', spec.failurePolicy, ['Fail', 'Ignore']);
  if (spec.paramKind !== undefined) validateParamKind(causes, membersOf(spec.paramKind), 'spec.paramKind');
  if (spec.matchConstraints === undefined) causes.required('spec.matchConstraints');
  else {
    const match = membersOf(spec.matchConstraints);
    validateMatch(causes, match, 'spec.matchConstraints');
    if (elementsOf(match.resourceRules).length === 0) causes.required('spec.matchConstraints.resourceRules');
  }
  validateConditions(causes, elementsOf(spec.matchConditions), 'spec.matchConditions');
  elementsOf(spec.variables)
    .map(membersOf)
    .forEach((variable, index) => validateVariable(causes, variable, `spec.variables[${index}]`));
  if (validations.length + annotations.length === 0)
    for (const field of ['spec.validations', 'spec.auditAnnotations'])
      causes.required(field, 'validations or auditAnnotations must contain at least one item');
  validations.forEach((validation, index) =>
    validateValidation(causes, validation, `spec.validations[${index}]`),
  );
  validateAnnotations(causes, annotations, object.metadata.name ?? '');
  return causes.list;
}

function validateParamKind(causes: Causes, { apiVersion, kind }: JsonObject, path: string): void {
  const text = stringOf(apiVersion);
  const [group = '', version = '', ...rest] = text.includes('/') ? text.split('/') : ['', text];
  const at = `${path}.apiVersion`;
  if (text === '') causes.required(at);
  else if (rest.length > 0) causes.invalid(at, text, `unexpected GroupVersion string: ${text}`);
  else {
    const groupProblem = group === '' ? undefined : nameProblem(group, 'dns-subdomain');
    if (groupProblem !== undefined) causes.invalid(at, group, groupProblem);
    const versionProblem = nameProblem(version, 'dns-1035-label');
    if (version === '') causes.invalid(at, text, 'version must be specified');
    else if (versionProblem !== undefined) causes.invalid(at, version, versionProblem);
  }
  const name = stringOf(kind);
  const problem = nameProblem(name.toLowerCase(), 'dns-1035-label');
  if (name === '') causes.required(`${path}.kind`);
  else if (problem !== undefined)
    causes.invalid(`${path}.kind`, name, `may have mixed case, but should otherwise match: ${problem}`);
}

function validateVariable(causes: Causes, { name, expression }: JsonObject, path: string): void {
  const text = stringOf(name);
  if (text.trim() === '') causes.required(`${path}.name`, 'name is not specified');
  else if (!IDENTIFIER.test(text) || RESERVED.has(text))
    causes.invalid(`${path}.name`, text, 'must be a valid CEL identifier');
  if (stringOf(expression).trim() === '')
    causes.required(`${path}.expression`, 'expression is not specified');
}

function validateValidation(causes: Causes, validation: JsonObject, path: string): void {
  const message = stringOf(validation.message);
  const words = stringOf(validation.messageExpression);
  if (stringOf(validation.expression).trim() === '')
    causes.required(`${path}.expression`, 'expression is not specified');
  if (words !== '' && words.trim() === '')
    causes.invalid(`${path}.messageExpression`, words, 'must be non-empty if specified');
  if (message !== '' && message.trim() === '')
    causes.invalid(`${path}.message`, message, 'must be non-empty if specified');
  else if (/[\n\r]/.test(message.trim()))
    causes.invalid(`${path}.message`, message, 'must not contain line breaks');
  if (validation.reason !== undefined) causes.oneOf(`${path}.reason`, validation.reason, REASONS);
}

function validateAnnotations(causes: Causes, annotations: readonly JsonObject[], policy: string): void {
  const seen = new Set<string>();
  if (annotations.length > MOST_ANNOTATIONS)
    causes.invalid(
      'spec.auditAnnotations',
      annotations,
      `must not have more than ${MOST_ANNOTATIONS} auditAnnotations`,
    );
  annotations.forEach(({ key, valueExpression }, index) => {
    const at = `spec.auditAnnotations[${index}]`;
    const name = stringOf(key);
    const full = `${policy}/${name}`;
    const problem = qualifiedNameProblem(full);
    if (policy === '') causes.invalid(`${at}.key`, name, 'requires metadata.name be non-empty');
    else if (problem !== undefined) causes.invalid(`${at}.key`, full, problem);
    if (stringOf(valueExpression).trim() === '')
      causes.required(`${at}.valueExpression`, 'valueExpression is not specified');
    if (seen.has(name)) causes.duplicate(`${at}.key`, name);
    seen.add(name);
  });
}

function validateMatch(causes: Causes, match: JsonObject, path: string): void {
  causes.oneOf(`${path}.matchPolicy`, match.matchPolicy, ['Equivalent', 'Exact']);
  for (const member of ['namespaceSelector', 'objectSelector'])
    causes.list.push(...validateSelector(match[member], `${path}.${member}`));
  for (const member of ['resourceRules', 'excludeResourceRules'])
    elementsOf(match[member]).forEach((rule, index) => {
      const at = `${path}.${member}[${index}]`;
      validateResourceNames(causes, elementsOf(membersOf(rule).resourceNames), `${at}.resourceNames`);
      validateRule(causes, membersOf(rule), at);
    });
}

function validateResourceNames(causes: Causes, names: readonly unknown[], path: string): void {
  names
    .map((name) => stringOf(name))
    .forEach((name, index) => {
      const problem = nameProblem(name, 'path-segment');
      if (problem !== undefined) causes.invalid(`${path}[${index}]`, name, problem);
      if (names.indexOf(name) < index) causes.duplicate(`${path}[${index}]`, name);
    });
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
  const policy = stringOf(spec.policyName);
  const problem = nameProblem(policy, 'dns-subdomain');
  if (policy === '') causes.required('spec.policyName');
  else if (problem !== undefined) causes.invalid('spec.policyName', policy, problem);
  if (spec.paramRef !== undefined) validateParamRef(causes, membersOf(spec.paramRef));
  if (spec.matchResources !== undefined)
    validateMatch(causes, membersOf(spec.matchResources), 'spec.matchResources');
  validateActions(causes, elementsOf(spec.validationActions));
  return causes.list;
}

function validateActions(causes: Causes, actions: readonly unknown[]): void {
  actions.forEach((action, index) => {
    causes.oneOf(`spec.validationActions[${index}]`, action, ACTIONS);
  });
  if (actions.includes('Deny') && actions.includes('Warn'))
    causes.invalid(
      'spec.validationActions',
      actions,
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    );
  if (actions.length === 0)
    causes.required('spec.validationActions', 'at least one validation action is required');
}

function validateParamRef(causes: Causes, { name, selector, parameterNotFoundAction }: JsonObject): void {
  const text = stringOf(name);
  const exclusive = 'name and selector are mutually exclusive';
  const problem = nameProblem(text, 'path-segment');
  if (problem !== undefined) causes.invalid('spec.paramRef.name', text, problem);
  if (text !== '' && selector !== undefined) causes.forbidden('spec.paramRef.name', exclusive);
  if (selector !== undefined) causes.list.push(...validateSelector(selector, 'spec.paramRef.selector'));
  if (text !== '' && selector !== undefined) causes.forbidden('spec.paramRef.selector', exclusive);
  if (text === '' && selector === undefined)
    causes.required('spec.paramRef', 'one of name or selector must be specified');
  const action = 'spec.paramRef.parameterNotFoundAction';
  if (stringOf(parameterNotFoundAction) === '') causes.required(action);
  else causes.oneOf(action, parameterNotFoundAction, ['Deny', 'Allow']);
}
