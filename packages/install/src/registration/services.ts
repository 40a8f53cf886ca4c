import { labels, type Service } from '@virtkit/core-types';
import { ports, serviceNames } from '../components.ts';
import { podSelector } from '../workloads/pod-template.ts';

/** The Services through which the API server and Prometheus reach the programs. */
export function services(namespace: string): Service[] {
  return [
    service(namespace, serviceNames.api, {
      ports: [{ port: 443, targetPort: ports.https, protocol: 'TCP' }],
      selector: podSelector('virt-api'),
    }),
    service(namespace, serviceNames.operatorWebhook, {
      ports: [{ name: 'webhooks', port: 443, targetPort: 'webhooks', protocol: 'TCP' }],
      selector: podSelector('virt-operator'),
    }),
    service(
      namespace,
      serviceNames.metrics,
      {
        clusterIP: 'None',
        ports: [{ name: 'metrics', port: 443, targetPort: 'metrics', protocol: 'TCP' }],
        selector: { 'prometheus.kubevirt.io': 'true' },
      },
      { 'prometheus.kubevirt.io': 'true' },
    ),
  ];
}

function service(
  namespace: string,
  name: string,
  spec: Service['spec'],
  extra: Record<string, string> = {},
): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { [labels.app]: name, ...extra } },
    spec: { type: 'ClusterIP', ...spec },
  };
}
