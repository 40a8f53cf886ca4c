import { labels } from '@virtkit/core-types';
import { serviceNames } from '../components.ts';
import type { APIService, WebhookConfiguration } from '../kinds/registration.ts';
import { certificateSecretAnnotation } from './annotations.ts';

/** Versions of the API that virt-api serves itself. */
const versions = ['v1', 'v1alpha3'] as const;

/** The registrations of `subresources.kubevirt.io` at the API server, without the bundle: see `withAuthorityBundle`. */
export function apiServices(namespace: string): APIService[] {
  return versions.map((version) => ({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: {
      name: `${version}.subresources.kubevirt.io`,
      labels: { [labels.app]: 'virt-api-aggregator' },
      annotations: { [certificateSecretAnnotation]: 'kubevirt-virt-api-certs' },
    },
    spec: {
      group: 'subresources.kubevirt.io',
      version,
      service: { name: serviceNames.api, namespace, port: 443 },
      groupPriorityMinimum: 1000,
      versionPriority: 15,
    },
  }));
}

/** The same object with the authorities (PEM) by which the API server checks who answers. */
export function withAuthorityBundle<T extends WebhookConfiguration | APIService>(
  object: T,
  bundle: string,
): T {
  const caBundle = Buffer.from(bundle).toString('base64');
  if (isApiService(object)) return { ...object, spec: { ...object.spec, caBundle } };
  return {
    ...object,
    webhooks: object.webhooks.map((webhook) => ({
      ...webhook,
      clientConfig: { ...webhook.clientConfig, caBundle },
    })),
  };
}

function isApiService(object: WebhookConfiguration | APIService): object is APIService {
  return object.kind === 'APIService';
}
