import type { KubernetesObject, LabelSelector, ResourceDefinition } from '@virtkit/core-types';

/** Prometheus operator API: monitoring.coreos.com/v1 ServiceMonitor. */
export interface ServiceMonitor extends KubernetesObject {
  spec: {
    selector: LabelSelector;
    namespaceSelector: { matchNames: readonly string[] };
    endpoints: readonly {
      readonly port: string;
      readonly scheme: 'https';
      readonly tlsConfig: { readonly insecureSkipVerify: boolean };
      readonly honorLabels: boolean;
    }[];
  };
}

/** Prometheus operator API: an alert, or a value that is recorded. */
export type MonitoringRule =
  | {
      readonly alert: string;
      readonly expr: string;
      readonly for?: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    }
  | {
      readonly record: string;
      readonly expr: string;
      readonly labels?: Readonly<Record<string, string>>;
    };

/** Prometheus operator API: monitoring.coreos.com/v1 PrometheusRule. */
export interface PrometheusRule extends KubernetesObject {
  spec: { groups: readonly { readonly name: string; readonly rules: readonly MonitoringRule[] }[] };
}

const monitoring = { group: 'monitoring.coreos.com', version: 'v1', namespaced: true } as const;

/** Namespaced, monitoring.coreos.com/v1; there only where the Prometheus operator is installed. */
export const serviceMonitors: ResourceDefinition<ServiceMonitor> = {
  ...monitoring,
  kind: 'ServiceMonitor',
  plural: 'servicemonitors',
  singular: 'servicemonitor',
};

/** Namespaced, monitoring.coreos.com/v1; there only where the Prometheus operator is installed. */
export const prometheusRules: ResourceDefinition<PrometheusRule> = {
  ...monitoring,
  kind: 'PrometheusRule',
  plural: 'prometheusrules',
  singular: 'prometheusrule',
};
