import type { CustomResourceDefinition } from '../crd/types.ts';
import { CRD_GROUP } from '../crd/group.ts';
import { ApiServerError } from '../errors.ts';
import { cloneJson, type JsonObject } from '../object/json.ts';
import { createObject } from '../registry/create.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { keyOf, type Registry, type RequestScope } from '../registry/registry.ts';
import { bodyOf, updateObject } from '../registry/update.ts';
import { ADMISSION_GROUP } from '../webhooks/kinds.ts';
import type { KubeObject } from '../object/types.ts';
import { SYSTEM_NAMESPACES } from './namespace.ts';

/** The server itself, as a user. */
const SYSTEM_SCOPE: Omit<RequestScope, 'warnings'> = {
  user: { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] },
  dryRun: false,
  fieldValidation: 'Ignore',
  fieldManager: 'kube-apiserver',
};

/**
 * Creates what a control plane always has: the system namespaces and the definitions that the embedder wants, which are updated
 * when they differ from what is stored.
 * @throws ApiServerError `Invalid` for a definition that is not valid.
 */
export async function ensureObjects(
  registry: Registry,
  crds: readonly CustomResourceDefinition[],
): Promise<void> {
  const namespaces = definitionOf(registry, '', 'namespaces');
  const missing = SYSTEM_NAMESPACES.filter(
    (name) => registry.store.get(keyOf(namespaces, undefined, name)) === undefined,
  );
  await Promise.all(
    missing.map((name) =>
      createObject(registry, namespaces, { ...SYSTEM_SCOPE, warnings: [] }, undefined, {
        ...bodyOf({ metadata: { name } }),
        own: true,
      }),
    ),
  );
  const definitions = definitionOf(registry, CRD_GROUP, 'customresourcedefinitions');
  for (const crd of crds) await ensure(registry, definitions, cloneJson({ ...crd }));
}

/**
 * The same for MutatingWebhookConfigurations and ValidatingWebhookConfigurations. The last thing at a start: nobody answers them
 * yet, so what the server itself writes must not have to wait for them.
 * @throws ApiServerError `Invalid` for a configuration that is not valid.
 */
export async function ensureConfigurations(
  registry: Registry,
  configurations: readonly KubeObject[],
): Promise<void> {
  for (const configuration of configurations)
    await ensure(
      registry,
      definitionOf(registry, ADMISSION_GROUP, `${configuration.kind.toLowerCase()}s`),
      configuration,
    );
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
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...content } = object;
  if (Object.keys(content).length === 0) return;
  await updateObject(registry, definition, scope, {
    namespace: undefined,
    name,
    target: 'main',
    replaces: false,
    produce: (current) => bodyOf({ ...current, ...cloneJson(content) }),
  });
}
