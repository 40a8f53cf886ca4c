import type { ObjectKey, StoredObject } from './records.ts';

/** The order of lists and of continue tokens: by namespace, then by name. */
export function compareKeys(a: Omit<ObjectKey, 'resource'>, b: Omit<ObjectKey, 'resource'>): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

function mapKey(key: ObjectKey): string {
  return `${key.namespace}/${key.name}`;
}

/** The current objects in memory: by key in list order, and by uid. */
export class ObjectIndex {
  readonly #byResource = new Map<string, Map<string, StoredObject>>();
  readonly #byUid = new Map<string, StoredObject>();
  readonly #sorted = new Map<string, readonly StoredObject[]>();

  get(key: ObjectKey): StoredObject | undefined {
    return this.#byResource.get(key.resource)?.get(mapKey(key));
  }

  getByUid(uid: string): StoredObject | undefined {
    return this.#byUid.get(uid);
  }

  /** All objects of a resource, sorted with {@link compareKeys}. */
  list(resource: string): readonly StoredObject[] {
    let sorted = this.#sorted.get(resource);
    if (sorted === undefined) {
      sorted = [...(this.#byResource.get(resource)?.values() ?? [])].sort(compareKeys);
      this.#sorted.set(resource, sorted);
    }
    return sorted;
  }

  /** Objects per storage resource. */
  counts(): Record<string, number> {
    const filled = [...this.#byResource].filter(([, objects]) => objects.size > 0);
    return Object.fromEntries(filled.map(([resource, objects]) => [resource, objects.size]));
  }

  set(stored: StoredObject): void {
    let objects = this.#byResource.get(stored.resource);
    if (objects === undefined) {
      objects = new Map();
      this.#byResource.set(stored.resource, objects);
    }
    objects.set(mapKey(stored), stored);
    if (stored.object.metadata.uid !== undefined) this.#byUid.set(stored.object.metadata.uid, stored);
    this.#sorted.delete(stored.resource);
  }

  delete(key: ObjectKey): void {
    const objects = this.#byResource.get(key.resource);
    const uid = objects?.get(mapKey(key))?.object.metadata.uid;
    objects?.delete(mapKey(key));
    if (uid !== undefined) this.#byUid.delete(uid);
    this.#sorted.delete(key.resource);
  }
}
