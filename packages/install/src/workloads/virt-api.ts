import { accounts, ports } from '../components.ts';
import type { Images } from '../images.ts';
import {
  certificateVolume,
  httpsProbe,
  requests,
  spreadOverNodes,
  type ComponentPod,
} from './pod-template.ts';

/** virt-api: admission webhooks and the subresources of machines. */
export function virtApi(images: Images): ComponentPod {
  const serving = certificateVolume('kubevirt-virt-api-certs', '/etc/virt-api/certificates');
  const calling = certificateVolume('kubevirt-virt-handler-certs', '/etc/virt-handler/clientcertificates');
  return {
    name: 'virt-api',
    account: accounts.api,
    volumes: [serving.volume, calling.volume],
    pod: { affinity: spreadOverNodes('virt-api') },
    container: {
      image: images['virt-api'],
      command: ['virt-api'],
      args: [
        '--port',
        String(ports.https),
        '--console-server-port',
        String(ports.handlerConsole),
        '--subresources-only',
        '-v',
        '2',
      ],
      // KubeVirt names this port twice; server-side apply knows a port by its number.
      ports: [{ name: 'metrics', containerPort: ports.https, protocol: 'TCP' }],
      readinessProbe: httpsProbe('/apis/subresources.kubevirt.io/v1/healthz', {
        initialDelaySeconds: 15,
        periodSeconds: 10,
      }),
      resources: requests('5m', '500Mi'),
      volumeMounts: [serving.mount, calling.mount],
    },
  };
}
