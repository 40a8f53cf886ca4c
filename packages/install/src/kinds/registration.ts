import type { KubernetesObject, LabelSelector, ResourceDefinition } from '@virtkit/core-types';

/** Kubernetes API: where a webhook is served. */
export interface WebhookClientConfig {
  readonly service: {
    readonly name: string;
    readonly namespace: string;
    readonly path: string;
    readonly port: number;
  };
  /** PEM in base64. */
  readonly caBundle?: string;
}

/** Kubernetes API: which requests a webhook or a policy is asked about. */
export interface OperationRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly operations: readonly string[];
  readonly scope?: 'Cluster' | 'Namespaced' | '*';
}

/** Kubernetes API: one webhook of a configuration. */
export interface RegisteredWebhook {
  readonly name: string;
  readonly clientConfig: WebhookClientConfig;
  readonly rules: readonly OperationRule[];
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly sideEffects: string;
  readonly timeoutSeconds: number;
  readonly admissionReviewVersions: readonly string[];
  readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
  readonly objectSelector?: LabelSelector;
  readonly reinvocationPolicy?: string;
}

/** Kubernetes API: admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration and MutatingWebhookConfiguration. */
export interface WebhookConfiguration extends KubernetesObject {
  webhooks: readonly RegisteredWebhook[];
}

/** Kubernetes API: apiregistration.k8s.io/v1 APIService. */
export interface APIService extends KubernetesObject {
  spec: {
    group: string;
    version: string;
    service: { name: string; namespace: string; port: number };
    /** PEM in base64. */
    caBundle?: string;
    groupPriorityMinimum: number;
    versionPriority: number;
  };
  status?: { conditions?: { type: string; status: string }[] } | undefined;
}

const admission = { group: 'admissionregistration.k8s.io', version: 'v1', namespaced: false } as const;

/** Of the whole cluster, admissionregistration.k8s.io/v1. */
export const validatingWebhookConfigurations: ResourceDefinition<WebhookConfiguration> = {
  ...admission,
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  singular: 'validatingwebhookconfiguration',
};

/** Of the whole cluster, admissionregistration.k8s.io/v1. */
export const mutatingWebhookConfigurations: ResourceDefinition<WebhookConfiguration> = {
  ...admission,
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  singular: 'mutatingwebhookconfiguration',
};

/** Of the whole cluster, apiregistration.k8s.io/v1. */
export const apiServices: ResourceDefinition<APIService> = {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  singular: 'apiservice',
  namespaced: false,
};
