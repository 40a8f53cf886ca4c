import { webhooks, type FeatureGate, type Webhook } from '@virtkit/admission';
import { labels } from '@virtkit/core-types';
import { serviceNames } from '../components.ts';
import type { RegisteredWebhook, WebhookConfiguration } from '../kinds/registration.ts';
import { certificateSecretAnnotation } from './annotations.ts';

/** Which Service serves a configuration's webhooks, and the Secret with its certificate. */
const served: Readonly<Record<Webhook['configuration'], { service: string; secret: string }>> = {
  'virt-api-mutator': { service: serviceNames.api, secret: 'kubevirt-virt-api-certs' },
  'virt-launcher-pod-mutator': { service: serviceNames.api, secret: 'kubevirt-virt-api-certs' },
  'virt-api-validator': { service: serviceNames.api, secret: 'kubevirt-virt-api-certs' },
  'virt-operator-validator': { service: serviceNames.operatorWebhook, secret: 'kubevirt-operator-certs' },
};

/**
 * The webhook configurations, made from the list of webhooks that admission answers, without the bundle by which the API
 * server checks who serves them: `withAuthorityBundle` adds it.
 */
export function webhookConfigurations(
  namespace: string,
  gates: ReadonlySet<FeatureGate>,
): WebhookConfiguration[] {
  const active = webhooks.filter(({ gate }) => gate === undefined || gates.has(gate));
  const names = new Set(active.map(({ configuration }) => configuration));
  return [...names].map((name) => {
    const own = active.filter(({ configuration }) => configuration === name);
    const { service, secret } = served[name];
    return {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: own[0]?.phase === 'mutating' ? 'MutatingWebhookConfiguration' : 'ValidatingWebhookConfiguration',
      metadata: {
        name,
        labels: { [labels.app]: name },
        annotations: { [certificateSecretAnnotation]: secret },
      },
      webhooks: own.map((webhook) => registered(webhook, { name: service, namespace })),
    };
  });
}

function registered(webhook: Webhook, service: { name: string; namespace: string }): RegisteredWebhook {
  const { name, path, operations, group, versions, resources } = webhook;
  return {
    name,
    clientConfig: { service: { ...service, path, port: 443 } },
    rules: [{ apiGroups: [group], apiVersions: versions, resources, operations, scope: '*' }],
    failurePolicy: webhook.failurePolicy,
    sideEffects: webhook.sideEffects,
    timeoutSeconds: webhook.timeoutSeconds,
    admissionReviewVersions: webhook.admissionReviewVersions,
    ...(webhook.matchConditions !== undefined && { matchConditions: webhook.matchConditions }),
    ...(webhook.objectSelector !== undefined && {
      objectSelector: { matchLabels: { ...webhook.objectSelector.matchLabels } },
    }),
    ...(webhook.reinvocationPolicy !== undefined && { reinvocationPolicy: webhook.reinvocationPolicy }),
  };
}
