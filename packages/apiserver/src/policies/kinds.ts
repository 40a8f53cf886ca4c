import { builtin, objectSchema } from '../kinds/builtin.ts';
import { elementsOf, membersOf, stringOf } from '../object/json.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { open } from '../schema/dsl.ts';
import { ageColumn, countColumn, nameColumn, textColumn } from '../table/common-columns.ts';
import { ADMISSION_GROUP } from '../webhooks/kinds.ts';
import { BINDING_SPEC, POLICY_SPEC } from './schema.ts';
import { policyExpressionProblems, validateBinding, validatePolicy } from './validate.ts';

/** Where ValidatingAdmissionPolicies are stored. */
export const POLICY_STORAGE = `validatingadmissionpolicies.${ADMISSION_GROUP}`;
/** Where ValidatingAdmissionPolicyBindings are stored. */
export const BINDING_STORAGE = `validatingadmissionpolicybindings.${ADMISSION_GROUP}`;

/** ValidatingAdmissionPolicy and ValidatingAdmissionPolicyBinding. */
export function admissionPolicyKinds(): ResourceDefinition[] {
  return [
    builtin({
      group: ADMISSION_GROUP,
      version: 'v1',
      kind: 'ValidatingAdmissionPolicy',
      resource: 'validatingadmissionpolicies',
      requiresRevision: true,
      categories: ['api-extensions'],
      namespaced: false,
      status: true,
      tracksGeneration: true,
      schema: objectSchema('Conditions that requests must meet.', {
        spec: POLICY_SPEC,
        status: open('What was found out about the expressions.'),
      }),
      strategy: {
        prepareForCreate: (object) => {
          object.status = {};
        },
        validate: validatePolicy,
        validateDeeply: policyExpressionProblems,
      },
      columns: [
        nameColumn(),
        countColumn(
          'Validations',
          'Number of conditions.',
          ({ spec }) => elementsOf(membersOf(spec).validations).length,
        ),
        textColumn('ParamKind', 'Kind of the objects that the conditions are about.', ({ spec }) => {
          const { apiVersion, kind } = membersOf(membersOf(spec).paramKind);
          return kind === undefined ? '<unset>' : `${stringOf(apiVersion)}/${stringOf(kind)}`;
        }),
        ageColumn(),
      ],
    }),
    builtin({
      group: ADMISSION_GROUP,
      version: 'v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      resource: 'validatingadmissionpolicybindings',
      requiresRevision: true,
      categories: ['api-extensions'],
      namespaced: false,
      tracksGeneration: true,
      schema: objectSchema('Puts a policy in force.', { spec: BINDING_SPEC }),
      strategy: { validate: validateBinding },
      columns: [
        nameColumn(),
        textColumn('PolicyName', 'Name of the policy.', ({ spec }) => stringOf(membersOf(spec).policyName)),
        textColumn('ParamRef', 'Objects that the conditions are about.', ({ spec }) => {
          const { namespace, name } = membersOf(membersOf(spec).paramRef);
          if (name === undefined) return '<unset>';
          return namespace === undefined ? stringOf(name) : `${stringOf(namespace)}/${stringOf(name)}`;
        }),
        ageColumn(),
      ],
    }),
  ];
}
