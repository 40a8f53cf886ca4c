import type { RequestStep } from '../sequence.ts';

type More = Omit<RequestStep, 'method' | 'path' | 'body'>;

export const get = (path: string, more: More = {}): RequestStep => ({ method: 'GET', path, ...more });
export const post = (path: string, body: unknown, more: More = {}): RequestStep => ({
  method: 'POST',
  path,
  body,
  ...more,
});
export const put = (path: string, body: unknown, more: More = {}): RequestStep => ({
  method: 'PUT',
  path,
  body,
  ...more,
});
export const del = (path: string, body?: unknown, more: More = {}): RequestStep => ({
  method: 'DELETE',
  path,
  ...(body !== undefined && { body }),
  ...more,
});

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

export const patch = (
  kind: keyof typeof patchTypes,
  path: string,
  body: unknown,
  more: More = {},
): RequestStep => ({ method: 'PATCH', path, body, type: patchTypes[kind], ...more });

/** The collection of a resource in the namespace of the sequence; a group such as `policy/v1`, empty for the core. */
export const collection = (resource: string, groupVersion = ''): string =>
  groupVersion === ''
    ? `/api/v1/namespaces/{{ns}}/${resource}`
    : `/apis/${groupVersion}/namespaces/{{ns}}/${resource}`;

export const configMaps = collection('configmaps');
export const pods = collection('pods');

export const configMap = (
  name: string,
  data: Record<string, string> = {},
  metadata: Record<string, unknown> = {},
) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data });

/** A Pod that asks for no token, which real Kubernetes would mount. */
export const pod = (
  name: string,
  spec: Record<string, unknown> = {},
  metadata: Record<string, unknown> = {},
) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: {
    automountServiceAccountToken: false,
    containers: [{ name: 'main', image: 'example.com/image:1' }],
    ...spec,
  },
});
