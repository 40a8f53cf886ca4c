import type { MountedGroup } from '@virtkit/apiserver';

/** The documents by which the group is discovered (KubeVirt subresources, discovery). */
export interface DiscoveryDocuments {
  /** The document at an exact path; undefined where there is none. */
  at(path: string): object | undefined;
}

const name = 'subresources.kubevirt.io';

/** Discovery of the versions of one group; the first is preferred. */
export function discoveryDocuments(mounts: readonly MountedGroup[]): DiscoveryDocuments {
  const [preferred] = mounts;
  const versionOf = ({ version }: MountedGroup) => ({ groupVersion: `${name}/${version}`, version });
  const group = {
    name,
    versions: mounts.map(versionOf),
    ...(preferred === undefined ? {} : { preferredVersion: versionOf(preferred) }),
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '' }],
  };
  const root = `/apis/${name}`;
  const paths = [
    '/apis',
    root,
    ...mounts.map(({ version }) => `${root}/${version}`),
    '/openapi/v2',
    '/openapi/v3',
  ];
  const documents = new Map<string, object>([
    ['/', { paths }],
    ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups: [group] }],
    [root, { kind: 'APIGroup', apiVersion: 'v1', ...group }],
    ...mounts.map((mount): [string, object] => [`${root}/${mount.version}`, resourceList(mount)]),
  ]);
  return { at: (path) => documents.get(path) };
}

function resourceList({ group, version, resources }: MountedGroup): object {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: `${group}/${version}`,
    resources: resources.map((resource) => ({ singularName: '', ...resource })),
  };
}
