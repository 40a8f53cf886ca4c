import { elementsOf, isObject, membersOf, stringOf, type JsonObject } from '../object/json.ts';

/** Media type of discovery documents that tell everything at once. */
export const AGGREGATED_DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** One version of a group, and the APIResourceList of it. */
export interface DiscoveredVersion {
  readonly version: string;
  readonly resources: JsonObject;
  /** False when the server that knows could not be asked lately. */
  readonly fresh: boolean;
}

/** Whether a client prefers an aggregated document to a plain one. */
export function wantsAggregatedDiscovery(accept: string | undefined): boolean {
  for (const clause of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = clause.split(';').map((part) => part.trim());
    if (!['application/json', 'application/*', '*/*'].includes(type.toLowerCase())) continue;
    const values = new Map(
      parameters.map((parameter) => parameter.split('=', 2) as [string, string | undefined]),
    );
    const as = values.get('as');
    if (as === undefined) return false;
    if (
      as === 'APIGroupDiscoveryList' &&
      values.get('g') === 'apidiscovery.k8s.io' &&
      values.get('v') === 'v2'
    )
      return true;
  }
  return false;
}

/** An APIGroupDiscoveryList; groups and versions stay in the order in which they are given. */
export function groupDiscoveryList(groups: ReadonlyMap<string, readonly DiscoveredVersion[]>): JsonObject {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: [...groups].map(([name, versions]) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map((discovered) => versionDiscovery(name, discovered)),
    })),
  };
}

function versionDiscovery(group: string, { version, resources, fresh }: DiscoveredVersion): JsonObject {
  const byName = new Map<string, JsonObject & { subresources?: JsonObject[] }>();
  for (const each of elementsOf(resources.resources)) {
    const entry = membersOf(each);
    const [name = '', ...subresource] = stringOf(entry.name).split('/');
    const responseKind = {
      group: stringOf(entry.group, group),
      version: stringOf(entry.version, version),
      kind: stringOf(entry.kind),
    };
    const scope = entry.namespaced === true ? 'Namespaced' : 'Cluster';
    if (subresource.length === 0) {
      byName.set(name, {
        ...byName.get(name),
        resource: name,
        responseKind,
        scope,
        singularResource: stringOf(entry.singularName),
        verbs: elementsOf(entry.verbs),
        ...(isFilled(entry.shortNames) && { shortNames: entry.shortNames }),
        ...(isFilled(entry.categories) && { categories: entry.categories }),
      });
      continue;
    }
    // A group may serve subresources of what another one serves: clients want a parent all the same.
    const parent = byName.get(name) ?? {
      resource: name,
      responseKind: { group: '', version: '', kind: '' },
      scope,
      singularResource: '',
      verbs: [],
    };
    (parent.subresources ??= []).push({
      subresource: subresource.join('/'),
      responseKind,
      verbs: elementsOf(entry.verbs),
    });
    byName.set(name, parent);
  }
  return {
    version,
    ...(byName.size > 0 && { resources: [...byName.values()] }),
    freshness: fresh ? 'Current' : 'Stale',
  };
}

function isFilled(value: unknown): boolean {
  return isObject(value) || elementsOf(value).length > 0;
}
