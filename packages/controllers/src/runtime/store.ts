import type { KubernetesObject } from '@virtkit/core-types';
import { ControllerError } from './errors.ts';
import { keyOf, type ObjectKey } from './object-key.ts';

/** The values under which an object is found in an index; empty when it is in none. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** A change of one object, told after the store has it. Objects are frozen. */
export type Change<T> =
  | { readonly kind: 'added'; readonly key: ObjectKey; readonly object: T }
  | { readonly kind: 'updated'; readonly key: ObjectKey; readonly object: T; readonly previous: T }
  | { readonly kind: 'deleted'; readonly key: ObjectKey; readonly object: T };

/** What reconcilers see of a store: the objects are deeply frozen, because all readers share them. */
export interface Store<T> {
  /** The object of this key (`namespace/name`, or `name` for kinds without namespaces), or undefined. */
  get(key: ObjectKey): T | undefined;
  /** All objects, in no particular order. */
  list(): readonly T[];
  /**
   * The objects that an index holds under `value`.
   * @throws ControllerError `misconfigured` when the store has no such index.
   */
  byIndex(index: string, value: string): readonly T[];
  readonly size: number;
}

/** Index of objects by the uid of each owner. */
export const byOwnerUid: IndexFunction<KubernetesObject> = (object) =>
  (object.metadata.ownerReferences ?? []).map((owner) => owner.uid);

/** Index of objects by namespace. */
export const byNamespace: IndexFunction<KubernetesObject> = (object) =>
  object.metadata.namespace === undefined ? [] : [object.metadata.namespace];

/** Index of objects by the value of one label. */
export function byLabel(label: string): IndexFunction<KubernetesObject> {
  return (object) => {
    const value = object.metadata.labels?.[label];
    return value === undefined ? [] : [value];
  };
}

/** Freezes a value and everything in it. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
}

/** The writable store behind an informer: only the watcher writes it. */
export class ObjectStore<T extends KubernetesObject> implements Store<T> {
  readonly #objects = new Map<ObjectKey, T>();
  readonly #indexes = new Map<string, { of: IndexFunction<T>; keys: Map<string, Set<ObjectKey>> }>();

  constructor(indexes: Readonly<Record<string, IndexFunction<T>>> = {}) {
    for (const [name, of] of Object.entries(indexes)) this.addIndex(name, of);
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(key);
  }

  list(): readonly T[] {
    return [...this.#objects.values()];
  }

  keys(): readonly ObjectKey[] {
    return [...this.#objects.keys()];
  }

  byIndex(index: string, value: string): readonly T[] {
    const found = this.#indexes.get(index);
    if (found === undefined) throw new ControllerError('misconfigured', `the store has no index "${index}"`);
    return [...(found.keys.get(value) ?? [])].map((key) => this.#objects.get(key)!);
  }

  /** Adds an index and fills it from what the store holds; an index of that name must not exist with another function. */
  addIndex(name: string, of: IndexFunction<T>): void {
    const existing = this.#indexes.get(name);
    if (existing?.of === of) return;
    if (existing !== undefined) {
      throw new ControllerError('misconfigured', `the store already has another index "${name}"`);
    }
    this.#indexes.set(name, { of, keys: new Map() });
    for (const [key, object] of this.#objects) this.#index(name, key, object);
  }

  /** Puts an object; the answer is the change, or undefined when the store already has this very version. */
  put(object: T): Change<T> | undefined {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    if (previous !== undefined && sameVersion(previous, object)) return undefined;
    deepFreeze(object);
    if (previous !== undefined) this.#unindex(key, previous);
    this.#objects.set(key, object);
    for (const name of this.#indexes.keys()) this.#index(name, key, object);
    return previous === undefined
      ? { kind: 'added', key, object }
      : { kind: 'updated', key, object, previous };
  }

  /** Removes an object; `last` is its final state when the server told it. */
  remove(key: ObjectKey, last?: T): Change<T> | undefined {
    const previous = this.#objects.get(key);
    if (previous === undefined) return undefined;
    this.#unindex(key, previous);
    this.#objects.delete(key);
    return { kind: 'deleted', key, object: last === undefined ? previous : deepFreeze(last) };
  }

  /** Makes the store equal to `objects`; the changes include a deletion for each object that is gone. */
  replace(objects: readonly T[]): Change<T>[] {
    const present = new Set(objects.map(keyOf));
    const changes: Change<T>[] = [];
    for (const key of this.keys()) {
      const change = present.has(key) ? undefined : this.remove(key);
      if (change !== undefined) changes.push(change);
    }
    for (const object of objects) changes.push(...this.#swap(object));
    return changes;
  }

  /** A namesake with another uid is a deletion and an addition, which is what really happened in between. */
  #swap(object: T): Change<T>[] {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    const changes: Change<T>[] = [];
    if (previous !== undefined && previous.metadata.uid !== object.metadata.uid) {
      const removed = this.remove(key);
      if (removed !== undefined) changes.push(removed);
    }
    const put = this.put(object);
    if (put !== undefined) changes.push(put);
    return changes;
  }

  #index(name: string, key: ObjectKey, object: T): void {
    const index = this.#indexes.get(name)!;
    for (const value of index.of(object)) {
      const keys = index.keys.get(value);
      if (keys === undefined) index.keys.set(value, new Set([key]));
      else keys.add(key);
    }
  }

  #unindex(key: ObjectKey, object: T): void {
    for (const { of, keys } of this.#indexes.values()) {
      for (const value of of(object)) {
        const set = keys.get(value);
        set?.delete(key);
        if (set?.size === 0) keys.delete(value);
      }
    }
  }
}

function sameVersion(a: KubernetesObject, b: KubernetesObject): boolean {
  const version = a.metadata.resourceVersion;
  return version !== undefined && version === b.metadata.resourceVersion && a.metadata.uid === b.metadata.uid;
}
