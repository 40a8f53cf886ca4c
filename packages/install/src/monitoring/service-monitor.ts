import { labels } from '@virtkit/core-types';
import type { ServiceMonitor } from '../kinds/monitoring.ts';
import type { RoleBindingObject, RoleObject } from '../kinds/rbac.ts';
import { ownLabel } from '../labels.ts';
import { read, rule } from '../rbac/rules.ts';

/** KubeVirt's name of both of its objects for Prometheus. */
export const monitoringName = 'prometheus-kubevirt-rules';

/** Tells Prometheus to ask the programs in `namespace`; the object is in Prometheus' own. */
export function serviceMonitor(namespace: string, monitorNamespace: string): ServiceMonitor {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: {
      name: monitoringName,
      namespace: monitorNamespace,
      labels: {
        'openshift.io/cluster-monitoring': '',
        'prometheus.kubevirt.io': 'true',
        'k8s-app': 'kubevirt',
        [labels.app]: '',
      },
    },
    spec: {
      selector: { matchLabels: { 'prometheus.kubevirt.io': 'true' } },
      namespaceSelector: { matchNames: [namespace] },
      // The certificates are the installation's own, which Prometheus does not know.
      endpoints: [
        { port: 'metrics', scheme: 'https', tlsConfig: { insecureSkipVerify: true }, honorLabels: true },
      ],
    },
  };
}

/** What lets Prometheus find the programs. */
export function monitoringAccess(
  namespace: string,
  prometheus: { readonly namespace: string; readonly account: string },
): [RoleObject, RoleBindingObject] {
  const metadata = { name: 'kubevirt-monitoring', namespace, labels: { ...ownLabel } };
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [rule('', ['services', 'endpoints', 'pods'], read)],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: prometheus.account, namespace: prometheus.namespace }],
    },
  ];
}

/** The account of Prometheus in the namespaces where it is looked for, in this order. */
export const monitoringPlaces = {
  namespaces: ['openshift-monitoring', 'monitoring'],
  account: 'prometheus-k8s',
} as const;
