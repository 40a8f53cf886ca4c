import { parseApiVersion, type ResourceDefinition } from './definition.ts';
import { resources } from './index.ts';

/** A kind in the version that an object names. */
export interface ServedKind {
  readonly definition: ResourceDefinition;
  readonly version: string;
}

const definitions = Object.values<ResourceDefinition>(resources);

/**
 * The kind of an object that somebody wrote; undefined when Virtkit does not know it, or not in this version. Takes what
 * stands in `apiVersion` and `kind`, whatever it is.
 */
export function servedKind(apiVersion: unknown, kind: unknown): ServedKind | undefined {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  const { group, version } = parseApiVersion(apiVersion);
  const definition = definitions.find((one) => one.group === group && one.kind === kind);
  if (definition === undefined) return undefined;
  const versions = [definition.version, ...(definition.additionalVersions ?? []).map(({ name }) => name)];
  return versions.includes(version) ? { definition, version } : undefined;
}
