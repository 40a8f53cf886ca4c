import type * as z from 'zod';
import type { KubernetesObject } from '../kubernetes/meta.ts';

/** A column of `kubectl get`; priority 0 is always shown, others only with `-o wide`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly jsonPath: string;
  readonly priority?: number;
  readonly format?: string;
  readonly description?: string;
}

/** JSON paths by which the API server serves `/scale`. */
export interface ScaleSubresource {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** KubeVirt API: how kinds that keep a number of copies are scaled. */
export const byReplicas: ScaleSubresource = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.status.labelSelector',
};

/**
 * A further version of a kind. Versions are not converted: objects differ in `apiVersion` alone, and a field that the
 * schema of a version does not list is lost when it is written through that version.
 */
export interface AdditionalVersion {
  readonly name: string;
  readonly deprecated?: boolean;
  /** Text of the warning header; the API server has a default for deprecated versions. */
  readonly deprecationWarning?: string;
  /** Objects are stored in this version and not in the main one. */
  readonly storage?: boolean;
  /** Of objects in this version, where it lacks fields of the main version. */
  readonly schema?: z.ZodType;
}

/** A kind of the API and how it is served. `T` is the type of its objects. */
export interface ResourceDefinition<T = KubernetesObject> {
  /** API group; the empty string is the core group. */
  readonly group: string;
  /** The version that clients use. */
  readonly version: string;
  /** The main version is deprecated too. */
  readonly deprecated?: boolean;
  readonly additionalVersions?: readonly AdditionalVersion[];
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced: boolean;
  /** Served by an API server of its own and never stored: there is no CustomResourceDefinition. */
  readonly aggregated?: boolean;
  readonly schema?: z.ZodType<T>;
  readonly subresources?: { readonly status?: boolean; readonly scale?: ScaleSubresource };
  readonly printerColumns?: readonly PrinterColumn[];
  /** One sentence for `kubectl explain` and API documents. */
  readonly description?: string;
}

/** The object type of a resource definition. */
export type ObjectOf<D> = D extends ResourceDefinition<infer T> ? T : never;

/** Names a kind of any API; the group of built-in kinds such as Pod is the empty string. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** `group/version`, or `version` alone for the core group. */
export function apiVersionOf(definition: { readonly group: string; readonly version: string }): string {
  return definition.group === '' ? definition.version : `${definition.group}/${definition.version}`;
}

/** Splits an `apiVersion`; the core group has no slash and becomes the empty group. */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/**
 * The request path of a resource, or of one object when `name` is given.
 * Cluster-wide lists of a namespaced kind leave `namespace` out.
 */
export function resourcePath(
  definition: Pick<ResourceDefinition, 'group' | 'version' | 'plural' | 'namespaced'>,
  target: {
    namespace?: string | undefined;
    name?: string | undefined;
    subresource?: string | undefined;
  } = {},
): string {
  const root = definition.group === '' ? '/api' : `/apis/${definition.group}`;
  const segments = [definition.version];
  if (definition.namespaced && target.namespace !== undefined) {
    segments.push('namespaces', encodeURIComponent(target.namespace));
  }
  segments.push(definition.plural);
  if (target.name !== undefined) segments.push(encodeURIComponent(target.name));
  if (target.subresource !== undefined) segments.push(target.subresource);
  return `${root}/${segments.join('/')}`;
}
