import { parseApiVersion, resources, type ResourceDefinition } from '@virtkit/core-types';

/** A kind in the version that an object names. */
export interface ServedKind {
  readonly definition: ResourceDefinition;
  readonly version: string;
}

const definitions = Object.values<ResourceDefinition>(resources);

/** The kind of an object; undefined when Virtkit does not know it, or not in this version. */
export function kindOf(apiVersion: unknown, kind: unknown): ServedKind | undefined {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  const { group, version } = parseApiVersion(apiVersion);
  const definition = definitions.find((one) => one.group === group && one.kind === kind);
  if (definition === undefined) return undefined;
  const versions = [definition.version, ...(definition.additionalVersions ?? []).map(({ name }) => name)];
  return versions.includes(version) ? { definition, version } : undefined;
}
