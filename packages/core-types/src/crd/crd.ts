import { CoreTypesError } from '../errors.ts';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from '../kubernetes/custom-resource-definition.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { structuralSchema, type StructuralSchema } from './structural-schema.ts';

/** A further version that is served with the same schema. */
export interface AdditionalVersion {
  readonly name: string;
  readonly deprecated?: boolean;
  /** Text of the warning header; the API server has a default for deprecated versions. */
  readonly deprecationWarning?: string;
}

/** What a CustomResourceDefinition has beyond what follows from the resource; all optional. */
export interface CrdOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly additionalVersions?: readonly AdditionalVersion[];
}

/** A definition of any kind; `crd` reads objects of it nowhere. */
type AnyDefinition = ResourceDefinition<unknown>;

/**
 * The CustomResourceDefinition (apiextensions.k8s.io/v1) of a resource. The version of the definition is the one
 * that is stored.
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
      versions: versions(definition, options.additionalVersions ?? []),
    },
  };
}

function versions(
  definition: AnyDefinition,
  additional: readonly AdditionalVersion[],
): CustomResourceDefinitionVersion[] {
  const { subresources, printerColumns } = definition;
  const shared = {
    schema: { openAPIV3Schema: { ...rootSchema(definition) } },
    ...(subresources ? { subresources: servedSubresources(subresources) } : {}),
    ...(printerColumns ? { additionalPrinterColumns: printerColumns.map((column) => ({ ...column })) } : {}),
  };
  return [
    { name: definition.version, served: true, storage: true, ...shared },
    ...additional.map(({ name, deprecated, deprecationWarning }) => ({
      name,
      served: true,
      storage: false,
      ...(deprecated === undefined ? {} : { deprecated }),
      ...(deprecationWarning === undefined ? {} : { deprecationWarning }),
      ...shared,
    })),
  ];
}

function servedSubresources({
  status,
  scale,
}: NonNullable<AnyDefinition['subresources']>): CustomResourceDefinitionVersion['subresources'] {
  return { ...(status === true ? { status: {} } : {}), ...(scale ? { scale: { ...scale } } : {}) };
}

/** The schema of the whole object. The API server itself checks type and metadata. */
function rootSchema(definition: AnyDefinition): StructuralSchema {
  if (definition.schema === undefined) {
    throw new CoreTypesError('UnsupportedSchema', `${definition.kind} has no schema`);
  }
  const root = structuralSchema(definition.schema);
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
