import {
  resources,
  type KubernetesObject,
  type ResourceDefinition,
  type VirtualMachine,
} from '@virtkit/core-types';
import { errorCode } from '../runtime/errors.ts';
import type { ClientSet } from '../runtime/object-client.ts';
import { patchIfChanged } from '../runtime/patch-if-changed.ts';

/**
 * Takes the machine's DataVolumes and claims from it, so that they outlive it and the next machine of its name finds them.
 * What does not exist, or belongs to somebody else, is left alone. Doing it again changes nothing.
 * @throws the client's error when an object cannot be read or written
 */
export async function preserveState(
  client: ClientSet,
  machine: VirtualMachine,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  const volumes = machine.spec.template.spec?.volumes ?? [];
  const dataVolumes = volumes.flatMap(({ dataVolume }) => dataVolume?.name ?? []);
  const claims = volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
  for (const name of dataVolumes) {
    await orphan(client, resources.dataVolumes, machine, name, options);
  }
  for (const name of [...claims, ...dataVolumes]) {
    await orphan(client, resources.persistentVolumeClaims, machine, name, options);
  }
}

async function orphan<T extends KubernetesObject>(
  client: ClientSet,
  definition: ResourceDefinition<T>,
  { metadata: { namespace, uid } }: VirtualMachine,
  name: string,
  { signal }: { signal?: AbortSignal },
): Promise<void> {
  const objects = client.resource<T>(definition);
  let object: T;
  try {
    object = await objects.get(name, { namespace, signal });
  } catch (error) {
    // Neither the object nor, in a cluster without CDI, its kind need exist.
    if (errorCode(error) !== 'not-found') throw error;
    return;
  }
  const owners = object.metadata.ownerReferences ?? [];
  const ownerReferences = owners.filter((owner) => owner.uid !== uid);
  if (ownerReferences.length === owners.length) return;
  await patchIfChanged(
    objects,
    object,
    { ...object, metadata: { ...object.metadata, ownerReferences } },
    { signal },
  );
}
