import type { CustomResourceDefinition } from '@virtkit/apiserver';
import type { ResourceDefinition } from '@virtkit/core-types';

/** A CustomResourceDefinition that keeps every field and knows one of VirtualMachine's, for tests of its refusal. */
export function crdOf<T>(definition: ResourceDefinition<T>): CustomResourceDefinition {
  const { group, version, kind, plural, singular, namespaced, subresources } = definition;
  return {
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: { kind, plural, singular },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: subresources?.status === true ? { status: {} } : {},
          schema: {
            openAPIV3Schema: {
              type: 'object',
              'x-kubernetes-preserve-unknown-fields': true,
              properties: {
                spec: {
                  type: 'object',
                  'x-kubernetes-preserve-unknown-fields': true,
                  properties: { runStrategy: { type: 'string' } },
                },
              },
            },
          },
        },
      ],
    },
  };
}
