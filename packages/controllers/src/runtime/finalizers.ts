import type { JsonPatch, KubernetesObject } from '@virtkit/core-types';
import { ControllerError } from './errors.ts';
import type { ObjectClient } from './object-client.ts';

/** Whether the object carries the finalizer. */
export function hasFinalizer(object: KubernetesObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) === true;
}

/** Whether the object is being deleted, that is, it only waits for its finalizers. */
export function isDeleting(object: KubernetesObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/** The patch that adds a finalizer; undefined when it is there already. Fails when the list changed meanwhile. */
export function addFinalizerPatch(object: KubernetesObject, finalizer: string): JsonPatch | undefined {
  if (hasFinalizer(object, finalizer)) return undefined;
  const { finalizers, resourceVersion } = object.metadata;
  if (finalizers === undefined) {
    return [
      { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
      { op: 'add', path: '/metadata/finalizers', value: [finalizer] },
    ];
  }
  return [
    { op: 'test', path: '/metadata/finalizers', value: finalizers },
    { op: 'add', path: '/metadata/finalizers/-', value: finalizer },
  ];
}

/** The patch that removes finalizers; undefined when none of them is there. Fails when the list changed meanwhile. */
export function removeFinalizersPatch(
  object: KubernetesObject,
  remove: readonly string[],
): JsonPatch | undefined {
  const { finalizers = [] } = object.metadata;
  const remaining = finalizers.filter((finalizer) => !remove.includes(finalizer));
  if (remaining.length === finalizers.length) return undefined;
  return [
    { op: 'test', path: '/metadata/finalizers', value: finalizers },
    { op: 'replace', path: '/metadata/finalizers', value: remaining },
  ];
}

/**
 * Runs `cleanUp` when the object is being deleted and then releases it; otherwise makes sure that the finalizer is
 * there before `apply` runs, so that whatever `apply` makes is always cleaned up.
 *
 * `cleanUp` must be idempotent: it runs again when its pass dies before the finalizer is removed.
 * @returns what `apply` gave; undefined when the object is going or was only marked in this pass.
 * @throws ControllerError `invalid-object` without a name; the client's error when the patch fails
 */
export async function withFinalizer<T extends KubernetesObject, R>(
  client: Pick<ObjectClient<T>, 'patch'>,
  object: T,
  finalizer: string,
  steps: { apply: (object: T) => Promise<R>; cleanUp: (object: T) => Promise<void> },
  options: { signal?: AbortSignal } = {},
): Promise<R | undefined> {
  const { name, namespace } = object.metadata;
  if (name === undefined) throw new ControllerError('invalid-object', 'an object has no name');
  const patch = async (operations: JsonPatch) =>
    client.patch(name, { type: 'json', operations }, { namespace, ...options });
  if (isDeleting(object)) {
    const release = removeFinalizersPatch(object, [finalizer]);
    if (release === undefined) return undefined;
    await steps.cleanUp(object);
    await patch(release);
    return undefined;
  }
  const mark = addFinalizerPatch(object, finalizer);
  if (mark === undefined) return steps.apply(object);
  await patch(mark);
  return undefined;
}
