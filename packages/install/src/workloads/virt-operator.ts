import { accounts, ports } from '../components.ts';
import type { Images } from '../images.ts';
import { httpsProbe, requests, spreadOverNodes, type ComponentPod } from './pod-template.ts';

/** virt-operator. No Secret is mounted: it issues its own certificate, and follows it through the API. */
export function virtOperator(images: Images, version: string): ComponentPod {
  const probe = httpsProbe('/metrics', { initialDelaySeconds: 5, timeoutSeconds: 10 });
  return {
    name: 'virt-operator',
    account: accounts.operator,
    pod: { affinity: spreadOverNodes('virt-operator') },
    container: {
      image: images['virt-operator'],
      command: ['virt-operator'],
      args: ['--port', String(ports.https), '-v', '2'],
      env: [
        { name: 'OPERATOR_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
        { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'VIRTKIT_VERSION', value: version },
        { name: 'VIRT_OPERATOR_IMAGE', value: images['virt-operator'] },
        { name: 'VIRT_API_IMAGE', value: images['virt-api'] },
        { name: 'VIRT_CONTROLLER_IMAGE', value: images['virt-controller'] },
        { name: 'VIRT_HANDLER_IMAGE', value: images['virt-handler'] },
        { name: 'VIRT_LAUNCHER_IMAGE', value: images['virt-launcher'] },
      ],
      ports: [
        { name: 'metrics', containerPort: ports.https, protocol: 'TCP' },
        { name: 'webhooks', containerPort: ports.operatorWebhooks, protocol: 'TCP' },
      ],
      livenessProbe: probe,
      readinessProbe: probe,
      resources: requests('10m', '450Mi'),
    },
  };
}
