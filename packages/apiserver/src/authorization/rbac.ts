import type { UserInfo } from '../admission/types.ts';
import { elementsOf, membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { StoredObject } from '../storage/records.ts';
import type { Attributes } from './attributes.ts';
import { isResourceTarget } from './attributes.ts';
import { isPrivileged, type Authorizer, type Decision, type RuleSet } from './authorizer.ts';
import { RBAC } from './group.ts';
import { ruleAllows, rulesOf, type PolicyRule } from './policy-rule.ts';

/** Where roles and bindings are read from. */
export interface RoleSource {
  get(key: { resource: string; namespace: string; name: string }): StoredObject | undefined;
  list(resource: string): readonly StoredObject[];
}

/** Who a binding is for. */
interface Subject {
  kind: string;
  name: string;
  namespace: string;
}

/** One rule that applies to a user, with the words that tell why; or what hindered finding some. */
type Finding = { rule: PolicyRule; source: () => string } | { error: string };

/** Role based access control over the roles and bindings that are stored now: every question reads them anew. */
export class RbacAuthorizer implements Authorizer {
  readonly #roles: RoleSource;

  constructor(roles: RoleSource) {
    this.#roles = roles;
  }

  authorize(attributes: Attributes): Decision {
    if (isPrivileged(attributes.user)) return { allowed: true, reason: '' };
    const { target, user } = attributes;
    const errors: string[] = [];
    for (const finding of this.#findings(user, isResourceTarget(target) ? target.namespace : '')) {
      if ('error' in finding) errors.push(finding.error);
      else if (ruleAllows(finding.rule, attributes))
        return { allowed: true, reason: `RBAC: allowed by ${finding.source()}` };
    }
    return { allowed: false, reason: errors.length === 0 ? '' : `RBAC: ${joinErrors(errors)}` };
  }

  rulesFor(user: UserInfo, namespace: string): RuleSet {
    const rules: PolicyRule[] = [];
    const errors: string[] = [];
    for (const finding of this.#findings(user, namespace)) {
      if ('error' in finding) errors.push(finding.error);
      else rules.push(finding.rule);
    }
    return { rules, errors };
  }

  /**
   * The rules of the role that a binding refers to.
   * @param namespace of the binding; empty for a ClusterRoleBinding
   * @returns text of the error when there is no such role
   */
  roleRules(roleRef: unknown, namespace: string): readonly PolicyRule[] | string {
    const { kind, name } = membersOf(roleRef);
    const role = stringOf(name);
    if (kind !== 'Role' && kind !== 'ClusterRole')
      return `unsupported role reference kind: ${JSON.stringify(stringOf(kind))}`;
    const stored = this.#roles.get(
      kind === 'Role'
        ? { resource: RBAC.roles, namespace, name: role }
        : { resource: RBAC.clusterRoles, namespace: '', name: role },
    );
    if (stored !== undefined) return rulesOf(stored.object);
    return `${kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(role)} not found`;
  }

  *#findings(user: UserInfo, namespace: string): Generator<Finding> {
    for (const { object } of this.#roles.list(RBAC.clusterRoleBindings))
      yield* this.#granted(user, object, '');
    if (namespace === '') return;
    for (const stored of this.#roles.list(RBAC.roleBindings))
      if (stored.namespace === namespace) yield* this.#granted(user, stored.object, namespace);
  }

  *#granted(user: UserInfo, binding: KubeObject, namespace: string): Generator<Finding> {
    const subject = subjectsOf(binding).find((candidate) => isMeant(candidate, user, namespace));
    if (subject === undefined) return;
    const rules = this.roleRules(binding.roleRef, namespace);
    if (typeof rules === 'string') {
      yield { error: rules };
      return;
    }
    for (const rule of rules) yield { rule, source: () => bindingText(binding, subject, namespace) };
  }
}

function subjectsOf(binding: KubeObject): Subject[] {
  return elementsOf(binding.subjects).map((subject) => {
    const { kind, name, namespace } = membersOf(subject);
    return { kind: stringOf(kind), name: stringOf(name), namespace: stringOf(namespace) };
  });
}

function isMeant(subject: Subject, user: UserInfo, bindingNamespace: string): boolean {
  if (subject.kind === 'User') return subject.name === user.name;
  if (subject.kind === 'Group') return user.groups.includes(subject.name);
  if (subject.kind !== 'ServiceAccount') return false;
  const namespace = subject.namespace === '' ? bindingNamespace : subject.namespace;
  return namespace !== '' && user.name === `system:serviceaccount:${namespace}:${subject.name}`;
}

function bindingText(binding: KubeObject, subject: Subject, namespace: string): string {
  const { kind, name } = membersOf(binding.roleRef);
  const own = binding.metadata.name ?? '';
  const place = subject.namespace === '' ? namespace : subject.namespace;
  const who = subject.kind === 'ServiceAccount' ? `${subject.name}/${place}` : subject.name;
  return (
    `${namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding'} ` +
    `${JSON.stringify(namespace === '' ? own : `${own}/${namespace}`)} of ${stringOf(kind)} ` +
    `${JSON.stringify(stringOf(name))} to ${subject.kind} ${JSON.stringify(who)}`
  );
}

/** Several errors as Kubernetes writes them: each once, in brackets if there are more than one. */
export function joinErrors(errors: readonly string[]): string {
  const distinct = [...new Set(errors)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`;
}
