import type { IncomingMessage, ServerResponse } from 'node:http';
import { OPENID_PATHS } from '../http/openid.ts';
import { REVIEWS } from '../kinds/reviews.ts';
import { sendJson } from '../http/respond.ts';
import { stringOf, type JsonObject } from '../object/json.ts';
import { apiVersionOf } from '../object/types.ts';
import type { MountedGroup } from '../mounts/types.ts';
import type { Catalogue } from '../registry/catalogue.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import type { RemoteApiService } from '../aggregation/types.ts';
import {
  AGGREGATED_DISCOVERY,
  groupDiscoveryList,
  wantsAggregatedDiscovery,
  type DiscoveredVersion,
} from './aggregated.ts';
import { compareGroups } from './group-order.ts';
import { GIT_VERSION, KUBERNETES_MINOR } from './version.ts';
import { compareVersions } from './version-order.ts';

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
/** The order in which kube-apiserver tells the verbs of custom resources, which clients print as it is. */
const CUSTOM_VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const SUBRESOURCE_VERBS: Record<
  string,
  { verbs: readonly string[]; kind?: string; group?: string; version?: string }
> = {
  binding: { verbs: ['create'], kind: 'Binding' },
  eviction: { verbs: ['create'], kind: 'Eviction', group: 'policy', version: 'v1' },
  finalize: { verbs: ['update'] },
  token: { verbs: ['create'], kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1' },
  log: { verbs: ['get'] },
  exec: { verbs: ['create', 'get'], kind: 'PodExecOptions' },
  attach: { verbs: ['create', 'get'], kind: 'PodAttachOptions' },
  portforward: { verbs: ['create', 'get'], kind: 'PodPortForwardOptions' },
};

/** What other servers serve behind this one. */
export interface Aggregation {
  /** Those that come first in discovery first. */
  remote(): readonly RemoteApiService[];
  /** The last APIResourceList of one. */
  resources(name: string): JsonObject | undefined;
}

/** The discovery documents: which groups, versions and resources there are at present. */
export class Discovery {
  readonly #catalogue: Catalogue;
  readonly #mounts: readonly MountedGroup[];
  readonly #aggregation: Aggregation | undefined;
  readonly #openapi:
    { answer(path: string, request: IncomingMessage, response: ServerResponse): boolean } | undefined;

  constructor(
    catalogue: Catalogue,
    mounts: readonly MountedGroup[],
    openapi?: { answer(path: string, request: IncomingMessage, response: ServerResponse): boolean },
    aggregation?: Aggregation,
  ) {
    this.#aggregation = aggregation;
    this.#catalogue = catalogue;
    this.#mounts = mounts;
    this.#openapi = openapi;
  }

  /** The answer to /version. */
  version(): JsonObject {
    return {
      major: '1',
      minor: KUBERNETES_MINOR,
      gitVersion: GIT_VERSION,
      gitCommit: '',
      gitTreeState: '',
      buildDate: '1970-01-01T00:00:00Z',
      goVersion: `node ${process.version}`,
      compiler: 'typescript',
      platform: `${process.platform}/${process.arch}`,
    };
  }

  /** Answers a GET for a discovery document. @returns false if the path names none. */
  answer(path: string, request: IncomingMessage, response: ServerResponse): boolean {
    if ((path === '/api' || path === '/apis') && wantsAggregatedDiscovery(request.headers.accept)) {
      response.setHeader('vary', 'Accept');
      sendJson(response, 200, groupDiscoveryList(this.#everything(path)), AGGREGATED_DISCOVERY);
      return true;
    }
    const document = this.#document(path);
    if (document === undefined) return this.#openapi?.answer(path, request, response) ?? false;
    sendJson(response, 200, document);
    return true;
  }

  #document(path: string): JsonObject | undefined {
    const [root, first, second, ...more] = path.split('/').filter((segment) => segment !== '');
    if (more.length > 0) return undefined;
    if (root === undefined) return { paths: this.#paths() };
    if (root === 'api' && first === undefined)
      return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
    if (root === 'api' && first === 'v1' && second === undefined) return this.#resourceList('', 'v1');
    if (root !== 'apis') return undefined;
    if (first === undefined)
      return {
        kind: 'APIGroupList',
        apiVersion: 'v1',
        groups: [...this.groups().keys()].filter((g) => g !== '').map((g) => this.#group(g)),
      };
    if (!this.groups().has(first)) return undefined;
    if (second === undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...this.#group(first) };
    return this.groups().get(first)?.includes(second) === true
      ? this.#resourceList(first, second)
      : undefined;
  }

  /** The groups that are served, each with its versions, the preferred one first. */
  groups(): Map<string, string[]> {
    const own = new Map<string, string[]>();
    for (const { group, version } of [...this.#catalogue.all(), ...this.#mounts, ...REVIEWS]) {
      const versions = own.get(group) ?? [];
      if (!versions.includes(version)) versions.push(version);
      own.set(group, versions.sort(compareVersions));
    }
    const groups = new Map([...own].sort(([one], [other]) => compareGroups(one, other)));
    for (const { spec } of this.#aggregation?.remote() ?? []) {
      const versions = groups.get(spec.group) ?? [];
      if (!versions.includes(spec.version)) groups.set(spec.group, [...versions, spec.version]);
    }
    return groups;
  }

  /** The versions of the core group, or of all others, with their resources. */
  #everything(path: '/api' | '/apis'): Map<string, DiscoveredVersion[]> {
    const remote = new Map(
      (this.#aggregation?.remote() ?? []).map((service) => [
        apiVersionOf(service.spec.group, service.spec.version),
        service,
      ]),
    );
    const discovered = (group: string, version: string): DiscoveredVersion => {
      const service = remote.get(apiVersionOf(group, version));
      if (service === undefined)
        return { version, resources: this.#resourceList(group, version), fresh: true };
      const resources = this.#aggregation?.resources(service.name) ?? {};
      return { version, resources, fresh: service.available };
    };
    return new Map(
      [...this.groups()]
        .filter(([group]) => (group === '') === (path === '/api'))
        .map(([group, versions]) => [group, versions.map((version) => discovered(group, version))]),
    );
  }

  #paths(): string[] {
    const groups = [...this.groups()].flatMap(([group, versions]) =>
      group === ''
        ? ['/api', '/api/v1']
        : [`/apis/${group}`, ...versions.map((version) => `/apis/${group}/${version}`)],
    );
    return [
      OPENID_PATHS.discovery,
      '/apis',
      '/healthz',
      '/livez',
      '/openapi/v2',
      '/openapi/v3',
      OPENID_PATHS.keys,
      '/readyz',
      '/version',
      ...groups,
    ].sort();
  }

  #group(name: string): JsonObject {
    const versions = (this.groups().get(name) ?? []).map((version) => ({
      groupVersion: apiVersionOf(name, version),
      version,
    }));
    return { name, versions, preferredVersion: versions[0] };
  }

  #resourceList(group: string, version: string): JsonObject {
    const definitions = this.#catalogue.all().filter((d) => d.group === group && d.version === version);
    const entries = definitions.flatMap(resourceEntries);
    const mounted = this.#mounts.filter((mount) => mount.group === group && mount.version === version);
    const reviews = REVIEWS.filter((review) => review.group === group && review.version === version);
    return {
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: apiVersionOf(group, version),
      resources: [
        ...(definitions.every(({ origin }) => origin === 'custom') ? entries : entries.sort(byName)),
        ...mounted.flatMap((mount) =>
          mount.resources.map((resource) => ({ ...resource, singularName: resource.singularName ?? '' })),
        ),
        ...reviews.map((r) => ({
          name: r.resource,
          singularName: r.kind.toLowerCase(),
          namespaced: r.namespaced,
          kind: r.kind,
          verbs: ['create'],
        })),
      ],
    };
  }
}

function resourceEntries(definition: ResourceDefinition): JsonObject[] {
  const { resource, kind, namespaced } = definition;
  const subresource = (name: string, more: JsonObject) => ({
    name: `${resource}/${name}`,
    singularName: '',
    namespaced,
    kind,
    ...more,
  });
  const changing = { verbs: ['get', 'patch', 'update'] };
  return [
    {
      name: resource,
      singularName: definition.singular,
      namespaced,
      kind,
      verbs: verbsOf(definition),
      ...(definition.shortNames.length > 0 && { shortNames: definition.shortNames }),
      ...(definition.categories.length > 0 && { categories: definition.categories }),
    },
    ...(definition.status ? [subresource('status', changing)] : []),
    ...(definition.scale === undefined
      ? []
      : [subresource('scale', { kind: 'Scale', group: 'autoscaling', version: 'v1', ...changing })]),
    ...definition.extraSubresources.map((name) => subresource(name, { ...SUBRESOURCE_VERBS[name] })),
  ];
}

function verbsOf({ origin, storage }: ResourceDefinition): readonly string[] {
  if (origin === 'custom') return CUSTOM_VERBS;
  // Each namespace is emptied first, so there is no deletion of many of them.
  return storage === 'namespaces' ? VERBS.filter((verb) => verb !== 'deletecollection') : VERBS;
}

/** A resource comes before its subresources; those of custom resources are told in another order. */
function byName(one: JsonObject, other: JsonObject): number {
  const [left, right] = [stringOf(one.name), stringOf(other.name)];
  return left < right ? -1 : left > right ? 1 : 0;
}
