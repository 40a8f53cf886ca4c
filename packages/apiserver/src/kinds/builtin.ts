import { qualifiedResource } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { named, obj, str, type Fields } from '../schema/dsl.ts';
import type { Schema } from '../schema/types.ts';
import { ageColumn, nameColumn } from '../table/common-columns.ts';
import { OBJECT_META } from './schemas/meta.ts';

/** What must be said of a built-in kind; the rest has the usual defaults. */
export type BuiltinInput = Pick<
  ResourceDefinition,
  'group' | 'version' | 'kind' | 'resource' | 'namespaced'
> &
  Partial<Omit<ResourceDefinition, 'origin'>> & { schema: Schema };

/** The definition of a built-in kind. */
export function builtin(input: BuiltinInput): ResourceDefinition {
  const { group, version, kind } = input;
  return {
    listKind: `${kind}List`,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    origin: 'builtin',
    storage: qualifiedResource(group, input.resource),
    nameFormat: 'dns-subdomain',
    status: false,
    extraSubresources: [],
    selectableFields: {},
    columns: [nameColumn(), ageColumn()],
    strategy: {},
    tracksGeneration: false,
    ...input,
    schema: {
      ...named(definitionNameOf(group, version, kind), input.schema),
      'x-kubernetes-group-version-kind': [{ group, version, kind }],
    },
  };
}

/** Kubernetes' own names of its definitions in OpenAPI documents: groups without a domain live under `io.k8s.api`. */
function definitionNameOf(group: string, version: string, kind: string): string {
  if (group === 'apiextensions.k8s.io')
    return `io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.${version}.${kind}`;
  if (group === 'apiregistration.k8s.io')
    return `io.k8s.kube-aggregator.pkg.apis.apiregistration.${version}.${kind}`;
  const [first = ''] = group.split('.');
  return `io.k8s.api.${first === '' ? 'core' : first}.${version}.${kind}`;
}

/** The schema of a whole object: type, metadata and the given members. */
export function objectSchema(description: string, fields: Fields, required: readonly string[] = []): Schema {
  return obj(
    description,
    {
      apiVersion: str('API version of this object.'),
      kind: str('Kind of this object.'),
      metadata: OBJECT_META,
      ...fields,
    },
    required,
  );
}
