import { resources, type KubernetesObject, type ResourceDefinition } from '@virtkit/core-types';
import { prometheusRules, serviceMonitors } from './monitoring.ts';
import { validatingAdmissionPolicies, validatingAdmissionPolicyBindings } from './policies.ts';
import { clusterRoleBindings, clusterRoles, roleBindings, roles, serviceAccounts } from './rbac.ts';
import {
  apiServices,
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from './registration.ts';
import { daemonSets, deployments, podDisruptionBudgets, priorityClasses } from './workloads.ts';

export type { MonitoringRule, PrometheusRule, ServiceMonitor } from './monitoring.ts';
export type {
  PolicyValidation,
  PolicyVariable,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from './policies.ts';
export type { PolicyRule, RoleBindingObject, RoleObject } from './rbac.ts';
export type {
  APIService,
  OperationRule,
  RegisteredWebhook,
  WebhookClientConfig,
  WebhookConfiguration,
} from './registration.ts';
export type { DaemonSet, Deployment, PodDisruptionBudget, PriorityClass } from './workloads.ts';

/** Every kind that an installation consists of, by plural name. */
export const installKinds = {
  customResourceDefinitions: resources.customResourceDefinitions,
  namespaces: resources.namespaces,
  kubeVirts: resources.kubeVirts,
  services: resources.services,
  secrets: resources.secrets,
  configMaps: resources.configMaps,
  serviceAccounts,
  clusterRoles,
  clusterRoleBindings,
  roles,
  roleBindings,
  deployments,
  daemonSets,
  podDisruptionBudgets,
  priorityClasses,
  apiServices,
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  serviceMonitors,
  prometheusRules,
} as const;

const byKind = new Map(
  Object.values<ResourceDefinition>(installKinds).map((definition) => [definition.kind, definition]),
);

/** How the kind of an object is served; undefined for kinds that no installation has. */
export function installKindOf({ kind = '' }: KubernetesObject): ResourceDefinition | undefined {
  return byKind.get(kind);
}
