import { isObject, stringOf } from '../object/json.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { open } from '../schema/dsl.ts';
import { builtin, objectSchema, type BuiltinInput } from './builtin.ts';

function loose(input: Omit<BuiltinInput, 'schema'>, ...members: string[]): ResourceDefinition {
  const fields = Object.fromEntries(members.map((member) => [member, {}]));
  return builtin({ ...input, schema: { ...objectSchema(`A ${input.kind}.`, fields), ...open() } });
}

/** Kinds without much behaviour of their own. */
export function simpleKinds(): ResourceDefinition[] {
  const core = { group: '', version: 'v1', namespaced: true };
  return [
    loose({ ...core, kind: 'Node', resource: 'nodes', namespaced: false, status: true, shortNames: ['no'] }),
    loose({
      ...core,
      kind: 'Service',
      resource: 'services',
      status: true,
      shortNames: ['svc'],
      nameFormat: 'dns-1035-label',
    }),
    loose({ ...core, kind: 'Endpoints', resource: 'endpoints', singular: 'endpoints', shortNames: ['ep'] }),
    loose({ ...core, kind: 'ConfigMap', resource: 'configmaps', shortNames: ['cm'] }),
    loose({
      ...core,
      kind: 'Secret',
      resource: 'secrets',
      strategy: {
        applyDefaults: (secret) => {
          secret.type ??= 'Opaque';
          if (!isObject(secret.stringData)) return;
          const plain = Object.entries(secret.stringData).map(([key, value]) => [
            key,
            Buffer.from(stringOf(value)).toString('base64'),
          ]);
          secret.data = {
            ...(isObject(secret.data) ? secret.data : {}),
            ...(Object.fromEntries(plain) as Record<string, string>),
          };
          delete secret.stringData;
        },
      },
    }),
    loose({ ...core, kind: 'ServiceAccount', resource: 'serviceaccounts', shortNames: ['sa'] }),
    loose({ ...core, kind: 'Event', resource: 'events', shortNames: ['ev'] }),
    loose({
      ...core,
      kind: 'PersistentVolumeClaim',
      resource: 'persistentvolumeclaims',
      status: true,
      shortNames: ['pvc'],
    }),
    loose({
      ...core,
      kind: 'PersistentVolume',
      resource: 'persistentvolumes',
      namespaced: false,
      status: true,
      shortNames: ['pv'],
    }),
    loose({
      group: 'storage.k8s.io',
      version: 'v1',
      kind: 'StorageClass',
      resource: 'storageclasses',
      namespaced: false,
      shortNames: ['sc'],
    }),
    loose({
      group: 'scheduling.k8s.io',
      version: 'v1',
      kind: 'PriorityClass',
      resource: 'priorityclasses',
      namespaced: false,
      shortNames: ['pc'],
    }),
    loose({
      group: 'coordination.k8s.io',
      version: 'v1',
      kind: 'Lease',
      resource: 'leases',
      namespaced: true,
    }),
    loose({
      group: 'apps',
      version: 'v1',
      kind: 'ControllerRevision',
      resource: 'controllerrevisions',
      namespaced: true,
    }),
    loose({
      group: 'discovery.k8s.io',
      version: 'v1',
      kind: 'EndpointSlice',
      resource: 'endpointslices',
      namespaced: true,
    }),
    loose({
      group: 'policy',
      version: 'v1',
      kind: 'PodDisruptionBudget',
      resource: 'poddisruptionbudgets',
      namespaced: true,
      status: true,
      shortNames: ['pdb'],
      tracksGeneration: true,
    }),
  ];
}
