import { CoreTypesError } from '../errors.ts';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from '../kubernetes/custom-resource-definition.ts';
import type { AdditionalVersion, ResourceDefinition } from '../resources/definition.ts';
import { structuralSchema, type StructuralSchema } from './structural-schema.ts';

/** What a CustomResourceDefinition has beyond what follows from the resource; all optional. */
export interface CrdOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Instead of those of the definition. */
  readonly additionalVersions?: readonly AdditionalVersion[];
}

/** A definition of any kind; `crd` reads objects of it nowhere. */
type AnyDefinition = ResourceDefinition<unknown>;

/**
 * The CustomResourceDefinition (apiextensions.k8s.io/v1) of a resource. The main version of the definition is the one
 * that is stored, unless an additional one says that it is.
 *
 * @throws CoreTypesError `UnsupportedSchema` when the definition has no schema or one that is not structural
 */
export function crd(definition: AnyDefinition, options: CrdOptions = {}): CustomResourceDefinition {
  const { group, kind, plural, singular, shortNames, categories, namespaced } = definition;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      ...(options.labels ? { labels: { ...options.labels } } : {}),
      ...(options.annotations ? { annotations: { ...options.annotations } } : {}),
    },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular,
        ...(shortNames ? { shortNames: [...shortNames] } : {}),
        ...(categories ? { categories: [...categories] } : {}),
      },
      conversion: { strategy: 'None' },
      versions: versions(definition, options.additionalVersions ?? definition.additionalVersions ?? []),
    },
  };
}

function versions(
  definition: AnyDefinition,
  additional: readonly AdditionalVersion[],
): CustomResourceDefinitionVersion[] {
  const { subresources, printerColumns } = definition;
  const main = rootSchema(definition.kind, definition.schema);
  const version = (
    { name, deprecated, deprecationWarning, schema }: AdditionalVersion,
    storage: boolean,
  ): CustomResourceDefinitionVersion => ({
    name,
    served: true,
    storage,
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(deprecationWarning === undefined ? {} : { deprecationWarning }),
    schema: {
      openAPIV3Schema: { ...(schema ? rootSchema(definition.kind, schema) : structuredClone(main)) },
    },
    ...(subresources ? { subresources: servedSubresources(subresources) } : {}),
    ...(printerColumns ? { additionalPrinterColumns: printerColumns.map((column) => ({ ...column })) } : {}),
  });
  const { deprecated } = definition;
  return [
    version(
      { name: definition.version, ...(deprecated === undefined ? {} : { deprecated }) },
      !additional.some(({ storage }) => storage === true),
    ),
    ...additional.map((other) => version(other, other.storage === true)),
  ];
}

function servedSubresources({
  status,
  scale,
}: NonNullable<AnyDefinition['subresources']>): CustomResourceDefinitionVersion['subresources'] {
  return { ...(status === true ? { status: {} } : {}), ...(scale ? { scale: { ...scale } } : {}) };
}

/** The schema of the whole object. The API server itself checks type and metadata. */
function rootSchema(owner: string, schema: AnyDefinition['schema']): StructuralSchema {
  if (schema === undefined) throw new CoreTypesError('UnsupportedSchema', `${owner} has no schema`);
  const root = structuralSchema(schema);
  const { metadata: _metadata, apiVersion, kind, ...properties } = root.properties ?? {};
  return {
    ...root,
    properties: {
      ...(apiVersion && { apiVersion }),
      ...(kind && { kind }),
      metadata: { type: 'object' },
      ...properties,
    },
    required: (root.required ?? []).filter((name) => name !== 'metadata'),
  };
}
