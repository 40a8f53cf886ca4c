import type { AdmissionPlugin, AdmissionRequest, UserInfo } from '../admission/types.ts';
import { ApiServerError, notFound } from '../errors.ts';
import { elementsOf, equalJson, membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import { isPrivileged } from './authorizer.ts';
import { RBAC_GROUP } from './group.ts';
import { rulesOf, type PolicyRule } from './policy-rule.ts';
import { joinErrors, type RbacAuthorizer } from './rbac.ts';
import { compact, listText, ruleText, uncovered } from './rule-coverage.ts';

const ROLES = new Set(['roles', 'clusterroles']);
const BINDINGS = new Set(['rolebindings', 'clusterrolebindings']);
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [], nonResourceURLs: [] },
  { verbs: ['*'], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: ['*'] },
];

/**
 * Refuses that anybody gives rights that he does not have, be it by writing a role or by binding one, unless he holds the verb
 * `escalate` on roles, or `bind` on the role. Asked after all other plugins, about the object as it would be stored.
 */
export function escalationCheck(rbac: RbacAuthorizer): AdmissionPlugin {
  return {
    name: 'rbac-escalation',
    matches: ({ group, resource, subresource }, operation) =>
      group === RBAC_GROUP &&
      subresource === undefined &&
      (ROLES.has(resource) || BINDINGS.has(resource)) &&
      (operation === 'CREATE' || operation === 'UPDATE'),
    validate: (request) => {
      const { object, oldObject, user } = request;
      if (object === undefined || isPrivileged(user)) return undefined;
      if (oldObject !== undefined && onlyReleases(object, oldObject)) return undefined;
      if (ROLES.has(request.resource.resource)) checkRole(rbac, request, object);
      else checkBinding(rbac, request, object);
      return undefined;
    },
  };
}

/** True for updates that change nothing but what garbage collection needs to change. */
function onlyReleases(object: KubeObject, old: KubeObject): boolean {
  const rest = (from: KubeObject) => ({
    ...from,
    metadata: {
      ...from.metadata,
      ownerReferences: undefined,
      finalizers: undefined,
      managedFields: undefined,
    },
  });
  return equalJson(rest(object), rest(old));
}

function checkRole(rbac: RbacAuthorizer, request: AdmissionRequest, role: KubeObject): void {
  const { user, namespace = '', resource, operation } = request;
  const { allowed } = rbac.authorize({
    user,
    verb: 'escalate',
    target: {
      group: RBAC_GROUP,
      version: '*',
      namespace,
      resource: resource.resource,
      subresource: '',
      // The path of a creation names no object.
      name: operation === 'CREATE' ? '' : request.name,
    },
  });
  if (allowed) return;
  confirmHeld(rbac, request, namespace, rulesOf(role));
  if (
    [role, request.oldObject].some(gathers) &&
    uncovered(held(rbac, user, namespace), EVERYTHING).length > 0
  )
    throw refused(request, 'must have cluster-admin privileges to use the aggregationRule');
}

/** An aggregation rule can gather any right. */
function gathers(role: KubeObject | undefined): boolean {
  return elementsOf(membersOf(role?.aggregationRule).clusterRoleSelectors).length > 0;
}

function checkBinding(rbac: RbacAuthorizer, request: AdmissionRequest, binding: KubeObject): void {
  const { user, namespace = '' } = request;
  const { apiGroup, kind, name } = membersOf(binding.roleRef);
  const { allowed } = rbac.authorize({
    user,
    verb: 'bind',
    target: {
      group: stringOf(apiGroup),
      version: '*',
      namespace,
      resource: kind === 'Role' ? 'roles' : 'clusterroles',
      subresource: '',
      name: stringOf(name),
    },
  });
  if (allowed) return;
  const rules = rbac.roleRules(binding.roleRef, namespace);
  if (typeof rules === 'string')
    throw notFound({ group: RBAC_GROUP, resource: request.resource.resource }, stringOf(name));
  confirmHeld(rbac, request, namespace, rules);
}

function held(rbac: RbacAuthorizer, user: UserInfo, namespace: string): readonly PolicyRule[] {
  return rbac.rulesFor(user, namespace).rules;
}

/** @throws ApiServerError `Forbidden` */
function confirmHeld(
  rbac: RbacAuthorizer,
  request: AdmissionRequest,
  namespace: string,
  rules: readonly PolicyRule[],
): void {
  const { user } = request;
  const own = rbac.rulesFor(user, namespace);
  const missing = uncovered(own.rules, rules);
  if (missing.length === 0) return;
  const lines = [...new Set(compact(missing).map(ruleText))].sort();
  // Roles that are not found here are told of as what is written.
  const errors = own.errors.map((error) =>
    error.replace(/^(?:cluster)?role\./, `${request.resource.resource}.`),
  );
  const unresolved = errors.length === 0 ? '' : `; resolution errors: [${joinErrors(errors)}]`;
  throw refused(
    request,
    `user ${JSON.stringify(user.name)} (groups=${listText(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}${unresolved}`,
  );
}

function refused({ resource, name }: AdmissionRequest, why: string): ApiServerError {
  const subject = `${resource.resource}.${RBAC_GROUP}`;
  return new ApiServerError(
    'Forbidden',
    `${subject}${name === '' ? '' : ` ${JSON.stringify(name)}`} is forbidden: ${why}`,
    {
      group: RBAC_GROUP,
      kind: resource.resource,
      ...(name !== '' && { name }),
    },
  );
}
