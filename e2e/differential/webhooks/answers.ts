import { admissionAnswers } from '../remote/admission.ts';
import type { RequestStep, Sequence } from '../sequence.ts';
import { configMap, configMaps, del, get, patch, post } from '../sequences/requests.ts';
import { kinds, webhook, within } from './webhook.ts';

const writes: readonly RequestStep[] = [
  post(configMaps, configMap('a', { x: 'y' })),
  get(`${configMaps}/a`),
  post(`${configMaps}?dryRun=All`, configMap('b')),
  patch('merge', `${configMaps}/present`, { data: { z: '1' } }),
  del(`${configMaps}/present`),
];

const slow = new Set(['hang']);

/** Every answer that a webhook can give, to webhooks that must be there and to those that need not be. */
export const answerSequences: readonly Sequence[] = kinds.flatMap((kind) =>
  [...Object.keys(admissionAnswers), 'absent'].flatMap((answer) =>
    ['Fail', 'Ignore'].map((failurePolicy) => ({
      name: `webhooks: ${kind} ${answer} ${failurePolicy}`,
      steps: [
        post(configMaps, configMap('present')),
        ...within(
          kind,
          [webhook('hook', answer, { failurePolicy, ...(slow.has(answer) && { timeoutSeconds: 1 }) })],
          slow.has(answer) ? writes.slice(0, 2) : writes,
        ),
      ],
    })),
  ),
);

const connections: Record<string, Record<string, unknown>> = {
  'a port where nobody listens': { url: 'https://127.0.0.1:1/x' },
  'another authority': { url: '{{remote.url}}/{{ns}}/allow', caBundle: undefined },
  'a name that is not in its certificate': {
    url: 'https://localhost:{{remote.port}}/{{ns}}/allow',
    caBundle: '{{remote.caBundle}}',
  },
  'a Service that is not there': { service: { namespace: '{{ns}}', name: 'absent' } },
  'a Service of another namespace': { service: { namespace: 'absent', name: 'absent', path: '/x' } },
};

/** Webhooks that cannot be reached. */
export const connectionSequences: readonly Sequence[] = kinds.flatMap((kind) =>
  Object.entries(connections).flatMap(([what, clientConfig]) =>
    ['Fail', 'Ignore'].map((failurePolicy) => ({
      name: `webhooks: ${kind} at ${what} ${failurePolicy}`,
      steps: [
        ...within(
          kind,
          [webhook('hook', 'allow', { clientConfig, failurePolicy })],
          [post(configMaps, configMap('a')), get(`${configMaps}/a`)],
        ),
      ],
    })),
  ),
);
