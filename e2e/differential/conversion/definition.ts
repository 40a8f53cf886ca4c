import type { Answer, RequestStep } from '../sequence.ts';
import { get, post } from '../sequences/requests.ts';

export const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const definitionName = 'rods.{{ns}}.example.com';
/** The collection in a version. */
export const rods = (version: string): string => `/apis/{{ns}}.example.com/${version}/namespaces/{{ns}}/rods`;

const schema = (member: string) => ({
  openAPIV3Schema: {
    type: 'object',
    properties: { spec: { type: 'object', properties: { [member]: { type: 'integer', maximum: 9 } } } },
  },
});

/** A kind with two versions, of which the first is stored: `spec.size` of v1 is `spec.length` of v2. */
export const definition = (conversion: unknown, more: Record<string, unknown> = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: definitionName },
  spec: {
    group: '{{ns}}.example.com',
    scope: 'Namespaced',
    names: { plural: 'rods', singular: 'rod', kind: 'Rod', listKind: 'RodList' },
    versions: [
      { name: 'v1', served: true, storage: true, schema: schema('size'), subresources: { status: {} } },
      { name: 'v2', served: true, storage: false, schema: schema('length'), subresources: { status: {} } },
    ],
    conversion,
    ...more,
  },
});

export const rod = (
  version: string,
  name: string,
  value: number,
  metadata: Record<string, unknown> = {},
) => ({
  apiVersion: `{{ns}}.example.com/${version}`,
  kind: 'Rod',
  metadata: { name, ...metadata },
  spec: { [version === 'v1' ? 'size' : 'length']: value },
});

export const webhookConversion = (clientConfig: unknown, more: Record<string, unknown> = {}) => ({
  strategy: 'Webhook',
  webhook: { clientConfig, conversionReviewVersions: ['v1'], ...more },
});

export const toRemote = (behaviour: string) => ({
  url: `{{remote.url}}/{{ns}}/${behaviour}`,
  caBundle: '{{remote.caBundle}}',
});

const served = ({ status }: Answer) => status === 200;

/** Makes the definition, and waits until both versions are served. */
export const defined = (conversion: unknown): RequestStep[] => [
  post(definitions, definition(conversion), { setUp: true }),
  get(rods('v1'), { until: served, setUp: true }),
  get(rods('v2'), { until: served, setUp: true }),
];

/** A kind whose two versions have the same fields. */
export const alike: readonly RequestStep[] = [
  post(
    definitions,
    definition(
      { strategy: 'None' },
      {
        versions: ['v1', 'v2'].map((name) => ({
          name,
          served: true,
          storage: name === 'v1',
          schema: schema('size'),
          subresources: { status: {} },
        })),
      },
    ),
    { setUp: true },
  ),
  ...['v1', 'v2'].map((version) => get(rods(version), { until: served, setUp: true })),
];

/** One of a kind whose versions have the same fields. */
export const sized = (version: string, name: string, size: number) => ({
  ...rod(version, name, size),
  spec: { size },
});
