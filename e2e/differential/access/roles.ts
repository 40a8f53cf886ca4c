import type { Answer, RequestStep } from '../sequence.ts';
import { collection, post } from '../sequences/requests.ts';
import { reviews } from './people.ts';

export const rbacGroup = 'rbac.authorization.k8s.io';
const root = `/apis/${rbacGroup}/v1`;

/** Collections of roles and bindings. */
export const rbacPaths = {
  roles: collection('roles', `${rbacGroup}/v1`),
  bindings: collection('rolebindings', `${rbacGroup}/v1`),
  clusterRoles: `${root}/clusterroles`,
  clusterBindings: `${root}/clusterrolebindings`,
} as const;

export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** A rule about resources of the core group. */
export const rule = (verbs: string, resources: string, more: Partial<Rule> = {}): Rule => ({
  verbs: verbs.split(' '),
  apiGroups: [''],
  resources: resources.split(' '),
  ...more,
});

export const urls = (verbs: string, ...nonResourceURLs: readonly string[]): Rule => ({
  verbs: verbs.split(' '),
  nonResourceURLs,
});

export interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly apiGroup?: string;
  readonly namespace?: string;
}

export const user = (name: string): Subject => ({ kind: 'User', apiGroup: rbacGroup, name });
export const group = (name: string): Subject => ({ kind: 'Group', apiGroup: rbacGroup, name });
export const account = (name: string, namespace = '{{ns}}'): Subject => ({
  kind: 'ServiceAccount',
  name,
  namespace,
});

/** What is of the whole cluster has the sequence's name in front, so that sequences do not meddle with each other. */
export const own = (name: string): string => `{{ns}}:${name}`;

export const roleBody = (name: string, rules: unknown, more: Record<string, unknown> = {}) => ({
  apiVersion: `${rbacGroup}/v1`,
  kind: name.startsWith('{{ns}}:') ? 'ClusterRole' : 'Role',
  metadata: { name },
  rules,
  ...more,
});

/** @param role a ClusterRole if its name is `own` */
export const bindingBody = (
  name: string,
  role: string,
  subjects: readonly Subject[],
  more: Record<string, unknown> = {},
) => ({
  metadata: { name },
  subjects,
  roleRef: { apiGroup: rbacGroup, kind: role.startsWith('{{ns}}:') ? 'ClusterRole' : 'Role', name: role },
  ...more,
});

export const role = (name: string, ...rules: readonly Rule[]): RequestStep =>
  post(rbacPaths.roles, roleBody(name, rules));
export const clusterRole = (name: string, ...rules: readonly Rule[]): RequestStep =>
  post(rbacPaths.clusterRoles, roleBody(own(name), rules));
/** Gives the rights of a role of this name in the namespace of the sequence. */
export const binding = (roleName: string, ...subjects: readonly Subject[]): RequestStep =>
  post(rbacPaths.bindings, bindingBody(`binding-${roleName.replace('{{ns}}:', 'c-')}`, roleName, subjects));
/** Gives the rights of a ClusterRole everywhere. */
export const clusterBinding = (roleName: string, ...subjects: readonly Subject[]): RequestStep =>
  post(rbacPaths.clusterBindings, bindingBody(own(`binding-${roleName}`), own(roleName), subjects));

const allowed = ({ body }: Answer) => (body as { status?: { allowed?: boolean } }).status?.allowed === true;

/**
 * Roles and bindings, followed by questions that are answered with yes once the server acts upon all of them: kube-apiserver hears of
 * them a moment after they are written, of each kind on its own.
 */
export function settled(...steps: readonly RequestStep[]): RequestStep[] {
  const last = user(own('last'));
  const ask = (verb: string, namespace?: string) =>
    post(
      reviews.access.path,
      reviews.access.of({
        user: last.name,
        resourceAttributes: { verb, resource: 'sentinels', ...(namespace !== undefined && { namespace }) },
      }),
      { until: allowed },
    );
  return [
    ...steps,
    role('last', rule('wield', 'sentinels')),
    clusterRole('last', rule('use', 'sentinels')),
    binding('last', last),
    clusterBinding('last', last),
    ask('wield', '{{ns}}'),
    ask('use'),
  ];
}
