import { plainKey, type ObjectKey, type StoredObject } from '../storage/records.ts';

/** Which objects depend on which owner, by the owners' uids. */
export class OwnershipGraph {
  readonly #dependents = new Map<string, Map<string, ObjectKey>>();
  readonly #owners = new Map<string, readonly string[]>();

  /** Records the present owners of an object. */
  set(stored: Pick<StoredObject, 'object'> & ObjectKey): void {
    const key = keyText(stored);
    this.#unlink(key);
    const owners = (stored.object.metadata.ownerReferences ?? []).map((reference) => reference.uid);
    if (owners.length === 0) return;
    this.#owners.set(key, owners);
    for (const owner of owners) {
      let dependents = this.#dependents.get(owner);
      if (dependents === undefined) {
        dependents = new Map();
        this.#dependents.set(owner, dependents);
      }
      dependents.set(key, plainKey(stored));
    }
  }

  delete(key: ObjectKey): void {
    this.#unlink(keyText(key));
  }

  /** The objects that name this uid as an owner. */
  dependentsOf(uid: string): readonly ObjectKey[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])];
  }

  #unlink(key: string): void {
    for (const owner of this.#owners.get(key) ?? []) {
      const dependents = this.#dependents.get(owner);
      dependents?.delete(key);
      if (dependents?.size === 0) this.#dependents.delete(owner);
    }
    this.#owners.delete(key);
  }
}

/** A storage key as text, for maps and queues. */
export function keyText({ resource, namespace, name }: ObjectKey): string {
  return `${resource}/${namespace}/${name}`;
}

/** The storage key that {@link keyText} made a text of. */
export function parseKey(text: string): ObjectKey {
  const [resource = '', namespace = '', name = ''] = text.split('/');
  return { resource, namespace, name };
}
