/**
 * Built-in groups in the order in which kube-apiserver tells of them. Of resources with the same name, clients take that of the
 * group that comes first.
 */
const BUILTIN_GROUPS = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
];

/** Orders API groups: the built-in ones first, all others by name. */
export function compareGroups(one: string, other: string): number {
  return rank(one) - rank(other) || (one < other ? -1 : one > other ? 1 : 0);
}

function rank(group: string): number {
  const index = BUILTIN_GROUPS.indexOf(group);
  return index === -1 ? BUILTIN_GROUPS.length : index;
}
