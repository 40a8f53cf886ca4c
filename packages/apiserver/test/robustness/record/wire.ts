import { GROUPS, type Group, type Resource, type Version } from '../history.ts';

const ROOTS: Record<Resource, string> = {
  configmaps: '/api/v1/namespaces/default/configmaps',
  secrets: '/api/v1/namespaces/default/secrets',
};
const TYPES: Record<Resource, { apiVersion: string; kind: string }> = {
  configmaps: { apiVersion: 'v1', kind: 'ConfigMap' },
  secrets: { apiVersion: 'v1', kind: 'Secret' },
};
/** Label of the group. */
const GROUP_LABEL = 'group';
/** Annotation that makes objects large; what is recorded of it is how large. */
const PAD = 'pad';

/** What clients read of an object, a list or a Status. */
export interface WireObject {
  kind?: string;
  metadata: {
    name: string;
    uid: string;
    resourceVersion: string;
    annotations?: Record<string, string>;
    labels?: Record<string, string>;
    continue?: string;
  };
  items?: WireObject[];
  details?: { uid?: string };
  code?: number;
}

/** Group of the transactions over two objects, which the server of these tests mounts. */
export const PAIRS_GROUP = 'robustness.test';
export const PAIRS_PATH = `/apis/${PAIRS_GROUP}/v1/pairs`;

export function collectionPath(resource: Resource, query: Record<string, string | undefined> = {}): string {
  const set = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return set.length === 0 ? ROOTS[resource] : `${ROOTS[resource]}?${new URLSearchParams(set).toString()}`;
}

export function selector(group: Group | undefined): string | undefined {
  return group === undefined ? undefined : `${GROUP_LABEL}=${group}`;
}

export function resourceOf(key: string): Resource {
  return key.startsWith('secrets/') ? 'secrets' : 'configmaps';
}

export function nameOf(key: string): string {
  return key.slice(key.indexOf('/') + 1);
}

export function objectPath(key: string): string {
  return `${ROOTS[resourceOf(key)]}/${nameOf(key)}`;
}

/** Metadata of an object, or of the patch of one. */
export function wireMetadata(content: Record<string, string>, group: Group | undefined) {
  const annotations: Record<string, string> = { ...content };
  if (content[PAD] !== undefined) annotations[PAD] = 'x'.repeat(Number(content[PAD]));
  return { annotations, ...(group !== undefined && { labels: { [GROUP_LABEL]: group } }) };
}

export function wireObject(key: string, content: Record<string, string>, group: Group) {
  return { ...TYPES[resourceOf(key)], metadata: { name: nameOf(key), ...wireMetadata(content, group) } };
}

/** Undefined for objects that are none of the test's. */
export function versionOf(resource: Resource, { metadata }: WireObject): Version | undefined {
  const group = GROUPS.find((known) => known === metadata.labels?.[GROUP_LABEL]);
  if (group === undefined) return undefined;
  const content = { ...metadata.annotations };
  if (content[PAD] !== undefined) content[PAD] = String(content[PAD].length);
  return {
    key: `${resource}/${metadata.name}`,
    revision: Number(metadata.resourceVersion),
    uid: metadata.uid,
    group,
    content,
  };
}
