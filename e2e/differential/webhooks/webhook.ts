import type { Answer, RequestStep } from '../sequence.ts';
import { configMap, configMaps, del, post } from '../sequences/requests.ts';

export type More = Record<string, unknown>;
export const kinds = ['Mutating', 'Validating'] as const;
export type Kind = (typeof kinds)[number];

const api = '/apis/admissionregistration.k8s.io/v1';
export const pathOf = (kind: Kind): string => `${api}/${kind.toLowerCase()}webhookconfigurations`;

/** All writes of ConfigMaps, Secrets and subresources of Pods. */
export const rules = [
  { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['configmaps', 'secrets', 'pods/*'] },
];
export const rule = (more: More): More => ({ rules: [{ ...rules[0], ...more }] });

/** What asks whether webhooks are known concerns none but the one that is there for it. */
const unprobed = { matchExpressions: [{ key: 'probe', operator: 'DoesNotExist' }] };
const only = { matchLabels: { 'kubernetes.io/metadata.name': '{{ns}}' } };

/** Calls a behaviour of the remote server. */
const calling = (behaviour: string): More => ({
  url: `{{remote.url}}/{{ns}}/${behaviour}`,
  caBundle: '{{remote.caBundle}}',
});

/** A webhook for writes in the namespace of the sequence. */
export function webhook(name: string, behaviour: string, more: More = {}): More {
  return {
    name: `${name}.example.com`,
    clientConfig: calling(behaviour),
    rules,
    namespaceSelector: only,
    objectSelector: unprobed,
    sideEffects: 'None',
    // The machine may be slow.
    timeoutSeconds: 30,
    admissionReviewVersions: ['v1'],
    ...more,
  };
}

/** Steps with webhooks in place, which kube-apiserver learns of a moment after they are written. Then what the webhooks have seen. */
export function within(kind: Kind, webhooks: readonly More[], steps: readonly RequestStep[]) {
  const probe = webhook('probe', 'deny', { objectSelector: { matchLabels: { probe: 'yes' } } });
  const known = ({ status }: Answer) => status === 400;
  return [
    post(pathOf(kind), { metadata: { name: '{{ns}}' }, webhooks: [probe, ...webhooks] }, { setUp: true }),
    post(`${configMaps}?dryRun=All`, configMap('probe', {}, { labels: { probe: 'yes' } }), {
      until: known,
      setUp: true,
    }),
    ...steps,
    { received: 'webhooks' },
    del(`${pathOf(kind)}/{{ns}}`, undefined, { setUp: true }),
  ];
}
