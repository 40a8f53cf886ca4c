import type { KubernetesObject, OwnerReference } from '@virtkit/core-types';
import { ControllerError } from './errors.ts';

/** `namespace/name`, or `name` for a cluster-scoped object. */
export type ObjectKey = string;

/** The key of an object. @throws ControllerError `invalid-object` without a name. */
export function keyOf(object: KubernetesObject): ObjectKey {
  const { namespace, name } = object.metadata;
  if (name === undefined || name === '') throw new ControllerError('invalid-object', 'an object has no name');
  return keyFor(namespace, name);
}

/** The key of an object with this namespace (none for cluster-scoped kinds) and name. */
export function keyFor(namespace: string | undefined, name: string): ObjectKey {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

/** Splits a key into its parts. */
export function parseKey(key: ObjectKey): { namespace?: string; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The owner that manages the object: the one owner reference with `controller: true`. */
export function controllerOf(object: KubernetesObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** Whether `owner` manages `object`; compared by uid, so a namesake that came later is another owner. */
export function isControlledBy(object: KubernetesObject, owner: KubernetesObject): boolean {
  const uid = owner.metadata.uid;
  return uid !== undefined && controllerOf(object)?.uid === uid;
}

/**
 * A reference that makes `owner` the managing controller of an object and holds back the owner's foreground deletion.
 * @throws ControllerError `invalid-object` when the owner was not read from the server (no uid).
 */
export function controllerReference(
  owner: KubernetesObject,
  type: { apiVersion: string; kind: string },
): OwnerReference {
  const { name, uid } = owner.metadata;
  if (name === undefined || uid === undefined) {
    throw new ControllerError('invalid-object', `a ${type.kind} without name or uid cannot own anything`);
  }
  return {
    apiVersion: type.apiVersion,
    kind: type.kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}
