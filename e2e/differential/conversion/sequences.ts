import { conversionAnswers } from '../remote/conversion.ts';
import type { RequestStep, Sequence, Step } from '../sequence.ts';
import { del, get, patch, post, put } from '../sequences/requests.ts';
import {
  alike,
  defined,
  definition,
  definitionName,
  definitions,
  rod,
  rods,
  sized,
  toRemote,
  webhookConversion,
} from './definition.ts';

const apply = (path: string, body: unknown): RequestStep => ({
  method: 'PATCH',
  path,
  body,
  type: 'application/apply-patch+yaml',
});
const gone = del(`${definitions}/${definitionName}`, undefined, { setUp: true });

/** One object of each version, seen and changed in both. */
const through: readonly Step[] = [
  post(rods('v1'), rod('v1', 'a', 1)),
  get(`${rods('v1')}/a`),
  get(`${rods('v2')}/a`),
  post(rods('v2'), rod('v2', 'b', 2)),
  get(`${rods('v1')}/b`),
  patch('merge', `${rods('v2')}/a`, { spec: { length: 3 } }),
  get(`${rods('v1')}/a`),
  get(rods('v1')),
  get(rods('v2')),
  del(`${rods('v2')}/a`),
];

/** In any version but the stored one an object looks as the webhook makes it. */
const carefully: readonly Step[] = [
  ...through,
  post(`${rods('v2')}?dryRun=All`, rod('v2', 'c', 4)),
  get(`${rods('v2')}/b`, { as: 'now' }),
  put(`${rods('v2')}/b`, rod('v2', 'b', 5, { resourceVersion: '{{now.metadata.resourceVersion}}' })),
  patch('json', `${rods('v2')}/b`, [{ op: 'replace', path: '/spec/length', value: 6 }]),
  patch('merge', `${rods('v2')}/b/status`, { status: {} }),
  apply(`${rods('v2')}/d?fieldManager=me`, rod('v2', 'd', 7)),
  apply(`${rods('v1')}/d?fieldManager=you`, rod('v1', 'd', 8)),
  apply(`${rods('v1')}/d?fieldManager=you&force=true`, rod('v1', 'd', 8)),
  get(`${rods('v2')}/d`),
  get(`${rods('v2')}/b`, { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' }),
  { watch: 'all', path: `${rods('v2')}?watch=true` },
  patch('merge', `${rods('v1')}/b`, { spec: { size: 9 } }),
  post(rods('v1'), rod('v1', 'last', 1)),
  { collect: 'all', through: { name: 'last' } },
  del(rods('v2')),
];

const strategies: Record<string, unknown> = {
  none: { strategy: 'None' },
  'none with a webhook': { ...webhookConversion({ url: 'https://127.0.0.1:1/x' }), strategy: 'None' },
  unknown: { strategy: 'Magic' },
  empty: {},
  'no webhook': { strategy: 'Webhook' },
  'an empty webhook': { strategy: 'Webhook', webhook: {} },
  'no versions': webhookConversion({ url: 'https://127.0.0.1:1/x' }, { conversionReviewVersions: [] }),
  'unknown versions': webhookConversion(
    { url: 'https://127.0.0.1:1/x' },
    { conversionReviewVersions: ['v9'] },
  ),
  'versions twice': webhookConversion(
    { url: 'https://127.0.0.1:1/x' },
    { conversionReviewVersions: ['v1', 'v1'] },
  ),
  'no way': webhookConversion({}),
  'both ways': webhookConversion({ url: 'https://127.0.0.1:1/x', service: { namespace: 'n', name: 's' } }),
  'a plain URL': webhookConversion({ url: 'http://127.0.0.1:1/x' }),
  'a service': webhookConversion({ service: { namespace: 'n', name: 's' } }),
  'a bad path': webhookConversion({ service: { namespace: 'n', name: 's', path: 'x' } }),
  'a bad port': webhookConversion({ service: { namespace: 'n', name: 's', port: 0 } }),
  'a bundle that is none': webhookConversion({ url: 'https://127.0.0.1:1/x', caBundle: 'AAAA' }),
};

/** Objects of a kind with two versions, between which a webhook converts. */
export const conversionSequences: readonly Sequence[] = [
  ...Object.keys(conversionAnswers).map((behaviour) => ({
    name: `conversion: ${behaviour}`,
    steps: [
      ...defined(webhookConversion(toRemote(behaviour))),
      ...(behaviour === 'convert' ? carefully : through),
      gone,
    ],
  })),
  {
    // Of the first conversion only: how often others are asked for is each server's own affair.
    name: 'conversion: what a webhook is sent',
    steps: [
      ...defined(webhookConversion(toRemote('convert'))),
      post(rods('v1'), rod('v1', 'a', 1)),
      get(`${rods('v2')}/a`),
      { received: 'the conversion webhook' },
      gone,
    ],
  },
  {
    name: 'conversion: nobody there',
    steps: [...defined(webhookConversion({ url: 'https://127.0.0.1:1/x' })), ...through, gone],
  },
  {
    name: 'conversion: without a webhook',
    steps: [
      ...alike,
      post(rods('v1'), sized('v1', 'a', 1)),
      post(rods('v2'), sized('v2', 'b', 2)),
      get(`${rods('v2')}/a`),
      patch('merge', `${rods('v2')}/a`, { spec: { size: 3 } }),
      get(rods('v1')),
      get(rods('v2')),
      gone,
    ],
  },
  {
    name: 'conversion: what definitions may say of it',
    steps: Object.values(strategies).map((strategy) =>
      post(`${definitions}?dryRun=All`, definition(strategy)),
    ),
  },
];
