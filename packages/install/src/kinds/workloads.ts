import type {
  KubernetesObject,
  LabelSelector,
  PodTemplateSpec,
  ResourceDefinition,
} from '@virtkit/core-types';

/** Kubernetes API: apps/v1 Deployment, as far as it is written and read here. */
export interface Deployment extends KubernetesObject {
  spec: {
    replicas?: number | undefined;
    selector: LabelSelector;
    strategy?:
      | { type: 'RollingUpdate' | 'Recreate'; rollingUpdate?: { maxUnavailable?: number | string } }
      | undefined;
    template: PodTemplateSpec;
  };
  status?:
    | {
        observedGeneration?: number;
        replicas?: number;
        updatedReplicas?: number;
        readyReplicas?: number;
        availableReplicas?: number;
      }
    | undefined;
}

/** Kubernetes API: apps/v1 DaemonSet, as far as it is written and read here. */
export interface DaemonSet extends KubernetesObject {
  spec: {
    selector: LabelSelector;
    updateStrategy?:
      | { type: 'RollingUpdate' | 'OnDelete'; rollingUpdate?: { maxUnavailable?: number | string } }
      | undefined;
    template: PodTemplateSpec;
  };
  status?:
    | {
        observedGeneration?: number;
        desiredNumberScheduled?: number;
        updatedNumberScheduled?: number;
        numberReady?: number;
        numberAvailable?: number;
      }
    | undefined;
}

/** Kubernetes API: policy/v1 PodDisruptionBudget. */
export interface PodDisruptionBudget extends KubernetesObject {
  spec: { minAvailable: number; selector: LabelSelector };
}

/** Kubernetes API: scheduling.k8s.io/v1 PriorityClass. */
export interface PriorityClass extends KubernetesObject {
  value: number;
  globalDefault: boolean;
  description: string;
}

const apps = { group: 'apps', version: 'v1', namespaced: true, subresources: { status: true } } as const;

/** Namespaced, apps/v1. */
export const deployments: ResourceDefinition<Deployment> = {
  ...apps,
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
};

/** Namespaced, apps/v1. */
export const daemonSets: ResourceDefinition<DaemonSet> = {
  ...apps,
  kind: 'DaemonSet',
  plural: 'daemonsets',
  singular: 'daemonset',
};

/** Namespaced, policy/v1. */
export const podDisruptionBudgets: ResourceDefinition<PodDisruptionBudget> = {
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  singular: 'poddisruptionbudget',
  namespaced: true,
};

/** Of the whole cluster, scheduling.k8s.io/v1. */
export const priorityClasses: ResourceDefinition<PriorityClass> = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  singular: 'priorityclass',
  namespaced: false,
};
