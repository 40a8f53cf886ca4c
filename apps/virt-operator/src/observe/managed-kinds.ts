import type { KubernetesObject, ResourceDefinition } from '@virtkit/core-types';
import { installKinds } from '@virtkit/install';

/** The kinds of which the operator makes objects, and follows those that it made. */
export const managedKinds: readonly ResourceDefinition[] = [
  installKinds.customResourceDefinitions,
  installKinds.serviceAccounts,
  installKinds.clusterRoles,
  installKinds.clusterRoleBindings,
  installKinds.roles,
  installKinds.roleBindings,
  installKinds.services,
  installKinds.secrets,
  installKinds.configMaps,
  installKinds.deployments,
  installKinds.daemonSets,
  installKinds.podDisruptionBudgets,
  installKinds.apiServices,
  installKinds.mutatingWebhookConfigurations,
  installKinds.validatingWebhookConfigurations,
  installKinds.validatingAdmissionPolicies,
  installKinds.validatingAdmissionPolicyBindings,
];

/** Kinds of the Prometheus operator, which a cluster may lack; they are read when they are needed. */
export const monitoringKinds: readonly ResourceDefinition[] = [
  installKinds.serviceMonitors,
  installKinds.prometheusRules,
];

/** `Kind/namespace/name`, by which an object is found whatever its kind. */
export type ObjectId = string;

/** The id of an object. */
export function idOf({ kind = '', metadata }: KubernetesObject): ObjectId {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
}
