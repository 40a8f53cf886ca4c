import { builtin, objectSchema } from '../kinds/builtin.ts';
import { apiVersionOf, type KubeObject } from '../object/types.ts';
import type { Catalogue } from '../registry/catalogue.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { int, obj, str } from '../schema/dsl.ts';
import { difference, includes, isEmpty, single } from './field-tree.ts';
import { identityOf, readManagers, writeManagers, type Manager, type Managers } from './managers.ts';
import { fieldElement } from './path-element.ts';

/** How the scale of a resource looks, whichever the resource is. */
export const SCALE: ResourceDefinition = builtin({
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  resource: 'scales',
  namespaced: true,
  schema: objectSchema('How many replicas there are and are to be.', {
    spec: obj('Desired state.', { replicas: int('Wanted number of replicas.') }),
    status: obj('Observed state.', {
      replicas: int('Present number of replicas.'),
      selector: str('Selects the replicas, as text.'),
    }),
  }),
});

const SCALE_VERSION = apiVersionOf(SCALE.group, SCALE.version);
const REPLICAS: readonly string[] = ['f:spec', 'f:replicas'];

/** Where the wanted number of replicas is, by version of the resource; undefined in versions that cannot be scaled. */
export type ReplicasPaths = ReadonlyMap<string, readonly string[] | undefined>;

/** The paths of all versions of a resource. */
export function replicasPaths(catalogue: Catalogue, { storage }: ResourceDefinition): ReplicasPaths {
  return new Map(
    catalogue
      .all()
      .filter((definition) => definition.storage === storage)
      .map(({ group, version, scale }) => [
        apiVersionOf(group, version),
        scale?.specReplicas.map((name) => fieldElement(name)),
      ]),
  );
}

/** `managedFields` of the scale of an object: those who own its number of replicas. */
export function ownersOfScale(parent: KubeObject, paths: ReplicasPaths): unknown {
  const owners: Managers = new Map();
  for (const [id, manager] of readManagers(parent)) {
    const path = paths.get(manager.apiVersion);
    if (path === undefined || !includes(manager.fields, path)) continue;
    owners.set(id, { ...manager, apiVersion: SCALE_VERSION, fields: single(...REPLICAS) });
  }
  return written(owners);
}

/** `managedFields` of an object after its scale, with owners of its own, was written. */
export function ownersOfParent(
  parent: KubeObject,
  scale: KubeObject,
  paths: ReplicasPaths,
  { group, version }: ResourceDefinition,
): unknown {
  const ownVersion = apiVersionOf(group, version);
  const ownPath = paths.get(ownVersion) ?? REPLICAS;
  const left = new Map(
    [...readManagers(scale).values()].map((manager) => [roleOf(manager), manager] as const),
  );
  const owners: Managers = new Map();
  for (const [id, manager] of readManagers(parent)) {
    const path = paths.get(manager.apiVersion);
    if (!paths.has(manager.apiVersion)) continue;
    if (path === undefined || !includes(manager.fields, path) || left.delete(roleOf(manager))) {
      owners.set(id, manager);
      continue;
    }
    const fields = difference(manager.fields, single(...path));
    if (!isEmpty(fields)) owners.set(id, { ...manager, fields });
  }
  for (const manager of left.values()) {
    if (!includes(manager.fields, REPLICAS)) continue;
    // As in Kubernetes, nobody is told since when the number is theirs.
    const owner = { ...manager, apiVersion: ownVersion, time: undefined, fields: single(...ownPath) };
    owners.set(identityOf(owner), owner);
  }
  return written(owners);
}

/** What an owner is called on both sides: the version is all that differs. */
function roleOf({ name, operation, subresource }: Manager): string {
  return JSON.stringify([name, operation, subresource]);
}

function written(owners: Managers): unknown {
  const holder: KubeObject = { apiVersion: '', kind: '', metadata: {} };
  writeManagers(holder, owners);
  return holder.metadata.managedFields;
}
