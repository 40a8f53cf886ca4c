import { LABEL_SELECTOR } from '../kinds/schemas/meta.ts';
import { list, mergeList, named, obj, str } from '../schema/dsl.ts';
import type { Schema } from '../schema/types.ts';
import { CONDITION, RULE } from '../webhooks/schema.ts';

const PREFIX = 'io.k8s.api.admissionregistration.v1';

const NAMED_RULE = named(`${PREFIX}.NamedRuleWithOperations`, {
  ...RULE,
  properties: { ...RULE.properties, resourceNames: list(str(), 'Names of objects; all without.') },
});

const MATCH_RESOURCES = named(
  `${PREFIX}.MatchResources`,
  obj('Requests that are meant.', {
    namespaceSelector: { ...LABEL_SELECTOR, default: {} },
    objectSelector: { ...LABEL_SELECTOR, default: {} },
    resourceRules: list(NAMED_RULE, 'Any of these must match.'),
    excludeResourceRules: list(NAMED_RULE, 'None of these may match.'),
    matchPolicy: str('Whether rules also match other versions of a resource: Exact or Equivalent.', {
      default: 'Equivalent',
    }),
  }),
);

/** Schema of the spec of a ValidatingAdmissionPolicy. */
export const POLICY_SPEC: Schema = obj('Conditions that requests must meet.', {
  paramKind: obj('Kind of the objects that the conditions are about.', {
    apiVersion: str('Group and version.'),
    kind: str('Kind.'),
  }),
  matchConstraints: MATCH_RESOURCES,
  matchConditions: mergeList(CONDITION, 'name', 'Further conditions for the policy to apply, in CEL.'),
  variables: mergeList(
    obj(
      'A value that expressions may use as variables.NAME.',
      { name: str('Name.'), expression: str('CEL.') },
      ['name', 'expression'],
    ),
    'name',
    'Values for use in expressions.',
  ),
  validations: list(
    obj(
      'A condition and what is told where it does not hold.',
      {
        expression: str('CEL.'),
        message: str('What is told.'),
        messageExpression: str('CEL that makes what is told.'),
        reason: str('Forbidden, Invalid or RequestEntityTooLarge.'),
      },
      ['expression'],
    ),
    'Conditions.',
  ),
  auditAnnotations: list(
    obj('A remark for the audit log.', { key: str('Name.'), valueExpression: str('CEL.') }, [
      'key',
      'valueExpression',
    ]),
    'Remarks for the audit log.',
  ),
  failurePolicy: str('What an error means: Fail or Ignore.', { default: 'Fail' }),
});

/** Schema of the spec of a ValidatingAdmissionPolicyBinding. */
export const BINDING_SPEC: Schema = obj('Puts a policy in force.', {
  policyName: str('Name of the policy.'),
  paramRef: obj('Objects that the conditions are about.', {
    name: str('Name of one object.'),
    namespace: str('Namespace; that of the request without.'),
    selector: LABEL_SELECTOR,
    parameterNotFoundAction: str('Allow or Deny requests when there is no such object.'),
  }),
  matchResources: MATCH_RESOURCES,
  validationActions: { ...list(str(), 'Deny, Warn, Audit.'), 'x-kubernetes-list-type': 'set' },
});
