import { RBAC_GROUP } from '../authorization/group.ts';
import type { StatusCause } from '../errors.ts';
import { elementsOf, equalJson, isObject, membersOf, stringOf } from '../object/json.ts';
import { validateSelector } from '../object/embedded-selector.ts';
import { nameProblem } from '../object/names.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { atomic, list, named, obj, str } from '../schema/dsl.ts';
import type { Schema } from '../schema/types.ts';
import type { TableColumn } from '../table/columns.ts';
import { ageColumn, createdColumn, nameColumn, textColumn } from '../table/common-columns.ts';
import { builtin, objectSchema, type BuiltinInput } from './builtin.ts';
import { LABEL_SELECTOR } from './schemas/meta.ts';

const ROLE_KINDS = { role: ['Role', 'ClusterRole'], clusterRole: ['ClusterRole'] } as const;
const SUBJECT_KINDS = ['ServiceAccount', 'User', 'Group'];

/** Role, ClusterRole, RoleBinding and ClusterRoleBinding. */
export function rbacKinds(): ResourceDefinition[] {
  return [role(), clusterRole(), roleBinding(), clusterRoleBinding()];
}

const strings = (description: string) => list(str(), description);

const RULES = list(
  named(
    'io.k8s.api.rbac.v1.PolicyRule',
    obj(
      'What may be done, without saying by whom.',
      {
        verbs: strings('Verbs, or * for all.'),
        apiGroups: strings('API groups, or * for all; the empty string is the core group.'),
        resources: strings('Resources, resource/subresource, */subresource, or * for all.'),
        resourceNames: strings('Names of objects; all if there is none.'),
        nonResourceURLs: strings('Paths that are no resources; * may be their last step.'),
      },
      ['verbs'],
    ),
  ),
  'What may be done.',
);

const SUBJECTS = list(
  named(
    'io.k8s.api.rbac.v1.Subject',
    obj(
      'A user, a group or a service account.',
      {
        kind: str('User, Group or ServiceAccount.'),
        apiGroup: str('Empty for service accounts, rbac.authorization.k8s.io for the others.'),
        name: str('Name.'),
        namespace: str('Namespace of a service account.'),
      },
      ['kind', 'name'],
    ),
  ),
  'Who gets the rights.',
);

const ROLE_REF: Schema = named(
  'io.k8s.api.rbac.v1.RoleRef',
  atomic(
    obj(
      'Names a role.',
      { apiGroup: str('API group.'), kind: str('Role or ClusterRole.'), name: str('Name.') },
      ['apiGroup', 'kind', 'name'],
    ),
  ),
);

const BINDING_COLUMNS = [
  nameColumn(),
  textColumn('Role', 'The role that is given.', (binding) => {
    const { kind, name } = membersOf(binding.roleRef);
    return `${stringOf(kind)}/${stringOf(name)}`;
  }),
  ageColumn(),
  subjectColumn('Users', 'User'),
  subjectColumn('Groups', 'Group'),
  subjectColumn('ServiceAccounts', 'ServiceAccount'),
];

/** Who of one kind gets the rights; of service accounts with their namespaces. */
function subjectColumn(name: string, kind: string): TableColumn {
  const names = (binding: KubeObject) =>
    elementsOf(binding.subjects)
      .map(membersOf)
      .filter((subject) => subject.kind === kind)
      .map(
        (subject) =>
          `${kind === 'ServiceAccount' ? `${stringOf(subject.namespace)}/` : ''}${stringOf(subject.name)}`,
      );
  return textColumn(name, `${name} that get the rights.`, (binding) => names(binding).join(', '), 1);
}

type Own = Pick<BuiltinInput, 'kind' | 'resource' | 'namespaced' | 'schema'> & Partial<BuiltinInput>;

function rbacKind(input: Own): ResourceDefinition {
  return builtin({
    group: RBAC_GROUP,
    version: 'v1',
    nameFormat: 'path-segment',
    createsOnUpdate: true,
    ...input,
  });
}

function role(): ResourceDefinition {
  return rbacKind({
    kind: 'Role',
    resource: 'roles',
    namespaced: true,
    schema: objectSchema('Rights within a namespace.', { rules: RULES }),
    columns: [nameColumn(), createdColumn()],
    strategy: { validate: (object) => validateRules(object, true) },
  });
}

function clusterRole(): ResourceDefinition {
  return rbacKind({
    kind: 'ClusterRole',
    resource: 'clusterroles',
    namespaced: false,
    schema: objectSchema('Rights in the whole cluster, or in the namespaces in which it is bound.', {
      rules: RULES,
      aggregationRule: named(
        'io.k8s.api.rbac.v1.AggregationRule',
        obj('Which other roles the rules are gathered from; the rules are then written by the server.', {
          clusterRoleSelectors: list(
            LABEL_SELECTOR,
            'Selectors of ClusterRoles; one that matches is enough.',
          ),
        }),
      ),
    }),
    columns: [nameColumn(), createdColumn()],
    strategy: { validate: (object) => [...validateRules(object, false), ...validateAggregation(object)] },
  });
}

function roleBinding(): ResourceDefinition {
  return rbacKind({
    kind: 'RoleBinding',
    resource: 'rolebindings',
    namespaced: true,
    schema: objectSchema(
      'Gives the rights of a role within a namespace.',
      { subjects: SUBJECTS, roleRef: ROLE_REF },
      ['roleRef'],
    ),
    columns: BINDING_COLUMNS,
    strategy: {
      applyDefaults: defaultBinding,
      validate: (object) => validateBinding(object, ROLE_KINDS.role, true),
      validateUpdate: validateRoleRefStays,
    },
  });
}

function clusterRoleBinding(): ResourceDefinition {
  return rbacKind({
    kind: 'ClusterRoleBinding',
    resource: 'clusterrolebindings',
    namespaced: false,
    schema: objectSchema(
      'Gives the rights of a role in the whole cluster.',
      { subjects: SUBJECTS, roleRef: ROLE_REF },
      ['roleRef'],
    ),
    columns: BINDING_COLUMNS,
    strategy: {
      applyDefaults: defaultBinding,
      validate: (object) => validateBinding(object, ROLE_KINDS.clusterRole, false),
      validateUpdate: validateRoleRefStays,
    },
  });
}

function invalid(field: string, value: unknown, why: string): StatusCause {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${why}` };
}

function required(field: string, why = ''): StatusCause {
  return {
    reason: 'FieldValueRequired',
    field,
    message: why === '' ? 'Required value' : `Required value: ${why}`,
  };
}

function unsupported(field: string, value: unknown, supported: readonly string[]): StatusCause {
  return {
    reason: 'FieldValueNotSupported',
    field,
    message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((one) => JSON.stringify(one)).join(', ')}`,
  };
}

function validateRules(object: KubeObject, namespaced: boolean): StatusCause[] {
  return elementsOf(object.rules).flatMap((value, index) => {
    const rule = membersOf(value);
    const field = `rules[${index}]`;
    const filled = (member: string) => elementsOf(rule[member]).length > 0;
    const causes: StatusCause[] = [];
    if (!filled('verbs')) causes.push(required(`${field}.verbs`, 'verbs must contain at least one value'));
    if (filled('nonResourceURLs')) {
      const urls = `${field}.nonResourceURLs`;
      if (namespaced)
        causes.push(
          invalid(urls, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'),
        );
      if (['apiGroups', 'resources', 'resourceNames'].some(filled))
        causes.push(
          invalid(
            urls,
            rule.nonResourceURLs,
            'rules cannot apply to both regular resources and non-resource URLs',
          ),
        );
      return causes;
    }
    if (!filled('apiGroups'))
      causes.push(required(`${field}.apiGroups`, 'resource rules must supply at least one api group'));
    if (!filled('resources'))
      causes.push(required(`${field}.resources`, 'resource rules must supply at least one resource'));
    return causes;
  });
}

function validateAggregation(object: KubeObject): StatusCause[] {
  if (object.aggregationRule === undefined) return [];
  const selectors = elementsOf(membersOf(object.aggregationRule).clusterRoleSelectors);
  if (selectors.length > 0)
    return selectors.flatMap((selector, index) => {
      const field = `aggregationRule.clusterRoleSelectors[${index}]`;
      const causes = validateSelector(selector, field);
      return causes.length === 0 ? [] : [...causes, invalid(field, null, 'invalid label selector.')];
    });
  return [
    required(
      'aggregationRule.clusterRoleSelectors',
      'at least one clusterRoleSelector required if aggregationRule is non-nil',
    ),
  ];
}

function defaultBinding(binding: KubeObject): void {
  binding.roleRef ??= {};
  if (isObject(binding.roleRef)) binding.roleRef.apiGroup ??= RBAC_GROUP;
  if (Array.isArray(binding.subjects) && binding.subjects.length === 0)
    Reflect.deleteProperty(binding, 'subjects');
  for (const subject of elementsOf(binding.subjects))
    if (isObject(subject) && (subject.kind === 'User' || subject.kind === 'Group'))
      subject.apiGroup ??= RBAC_GROUP;
}

function validateBinding(binding: KubeObject, kinds: readonly string[], namespaced: boolean): StatusCause[] {
  const { apiGroup, kind, name } = membersOf(binding.roleRef);
  const causes: StatusCause[] = [];
  if (apiGroup !== RBAC_GROUP) causes.push(unsupported('roleRef.apiGroup', apiGroup ?? '', [RBAC_GROUP]));
  if (!kinds.includes(stringOf(kind))) causes.push(unsupported('roleRef.kind', kind ?? '', kinds));
  if (stringOf(name) === '') causes.push(required('roleRef.name'));
  else {
    const problem = nameProblem(stringOf(name), 'path-segment');
    if (problem !== undefined) causes.push(invalid('roleRef.name', name, problem));
  }
  elementsOf(binding.subjects).forEach((subject, index) =>
    causes.push(...validateSubject(membersOf(subject), `subjects[${index}]`, namespaced)),
  );
  return causes;
}

function validateSubject(
  { kind, name, namespace, apiGroup = '' }: Record<string, unknown>,
  field: string,
  namespaced: boolean,
): StatusCause[] {
  const causes: StatusCause[] = [];
  if (stringOf(name) === '') causes.push(required(`${field}.name`));
  if (kind === 'ServiceAccount') {
    const problem = stringOf(name) === '' ? undefined : nameProblem(stringOf(name), 'dns-subdomain');
    if (problem !== undefined) causes.push(invalid(`${field}.name`, name, problem));
    if (apiGroup !== '') causes.push(unsupported(`${field}.apiGroup`, apiGroup, ['']));
    if (!namespaced && stringOf(namespace) === '') causes.push(required(`${field}.namespace`));
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== RBAC_GROUP) causes.push(unsupported(`${field}.apiGroup`, apiGroup, [RBAC_GROUP]));
  } else causes.push(unsupported(`${field}.kind`, kind ?? '', SUBJECT_KINDS));
  return causes;
}

/** Whoever may edit a binding must not thereby choose another role: it has to be made anew. */
function validateRoleRefStays(binding: KubeObject, old: KubeObject): StatusCause[] {
  if (equalJson(binding.roleRef, old.roleRef)) return [];
  const { apiGroup, kind, name } = membersOf(binding.roleRef);
  return [invalid('roleRef', { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef')];
}
