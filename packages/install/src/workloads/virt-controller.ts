import { accounts, ports } from '../components.ts';
import type { Images } from '../images.ts';
import {
  certificateVolume,
  httpsProbe,
  requests,
  spreadOverNodes,
  type ComponentPod,
} from './pod-template.ts';

/** virt-controller: the controllers of all kinds. */
export function virtController(images: Images): ComponentPod {
  const serving = certificateVolume('kubevirt-controller-certs', '/etc/virt-controller/certificates');
  return {
    name: 'virt-controller',
    account: accounts.controller,
    volumes: [serving.volume],
    pod: { affinity: spreadOverNodes('virt-controller') },
    container: {
      image: images['virt-controller'],
      command: ['virt-controller'],
      args: ['--launcher-image', images['virt-launcher'], '--port', String(ports.https), '-v', '2'],
      ports: [{ name: 'metrics', containerPort: ports.https, protocol: 'TCP' }],
      livenessProbe: httpsProbe('/healthz', {
        initialDelaySeconds: 15,
        timeoutSeconds: 10,
        failureThreshold: 8,
      }),
      readinessProbe: httpsProbe('/leader', { initialDelaySeconds: 15, timeoutSeconds: 10 }),
      resources: requests('10m', '275Mi'),
      volumeMounts: [serving.mount],
    },
  };
}
