import type { CustomResourceDefinition } from '../crd/types.ts';
import { CRD_GROUP } from '../crd/group.ts';
import { ApiServerError } from '../errors.ts';
import { cloneJson, type JsonObject } from '../object/json.ts';
import { createObject } from '../registry/create.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { keyOf, type Registry, type RequestScope } from '../registry/registry.ts';
import { bodyOf, updateObject } from '../registry/update.ts';
import { SYSTEM_NAMESPACES } from './namespace.ts';

/** The server itself, as a user. */
const SYSTEM_SCOPE: Omit<RequestScope, 'warnings'> = {
  user: { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] },
  dryRun: false,
  fieldValidation: 'Ignore',
};

/**
 * Creates what a control plane always has: the system namespaces and the embedder's CustomResourceDefinitions, which are
 * updated when they differ from the stored ones.
 * @throws ApiServerError `Invalid` for a definition that is not valid.
 */
export async function ensureObjects(
  registry: Registry,
  crds: readonly CustomResourceDefinition[],
): Promise<void> {
  const namespaces = definitionOf(registry, '', 'namespaces');
  for (const name of SYSTEM_NAMESPACES) await ensure(registry, namespaces, { metadata: { name } });
  const definitions = definitionOf(registry, CRD_GROUP, 'customresourcedefinitions');
  for (const crd of crds) await ensure(registry, definitions, cloneJson({ ...crd }));
}

function definitionOf(registry: Registry, group: string, resource: string): ResourceDefinition {
  const definition = registry.catalogue.find({ group, version: 'v1', resource });
  if (definition === undefined) throw new ApiServerError('InternalError', `the kind ${resource} is missing`);
  return definition;
}

async function ensure(
  registry: Registry,
  definition: ResourceDefinition,
  object: JsonObject & { metadata: { name?: string } },
): Promise<void> {
  const scope = { ...SYSTEM_SCOPE, warnings: [] };
  const name = object.metadata.name ?? '';
  if (registry.store.get(keyOf(definition, undefined, name)) === undefined) {
    await createObject(registry, definition, scope, undefined, bodyOf(object));
    return;
  }
  if (object.spec === undefined) return;
  await updateObject(registry, definition, scope, {
    namespace: undefined,
    name,
    target: 'main',
    replaces: false,
    produce: (current) => bodyOf({ ...current, spec: cloneJson(object.spec) }),
  });
}
