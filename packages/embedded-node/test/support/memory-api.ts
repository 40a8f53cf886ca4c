import type { ClientSet, ObjectClient, ObjectPatch, Store, WriteScope } from '@virtkit/controllers/runtime';
import {
  applyJsonPatch,
  applyMergePatch,
  type KubernetesObject,
  type ResourceDefinition,
} from '@virtkit/core-types';
import { ApiError } from '@virtkit/sdk';

/** The process that writes dies, before or after the write is done. */
export class Crash extends Error {}

/** An API server in memory: versions, conflicts, finalizers and status as a real one has them, and nothing takes time. */
export class MemoryApi implements ClientSet {
  readonly #objects = new Map<string, KubernetesObject>();
  #version = 0;
  /** Writes until the next crash; it happens before the write or after it. */
  #crash: { left: number; after: boolean } | undefined;

  crashAt(left: number, after: boolean): void {
    this.#crash = { left, after };
  }

  /** Objects of a kind as they are now. */
  list<T extends KubernetesObject>({ plural }: ResourceDefinition<T>): T[] {
    const prefix = `${plural}:`;
    // The definition says of which type the objects under its name are.
    return [...this.#objects].filter(([id]) => id.startsWith(prefix)).map(([, object]) => object as T);
  }

  /** What a reader sees that learnt of the objects now. */
  snapshot<T extends KubernetesObject>(definition: ResourceDefinition<T>): Store<T> {
    const objects = new Map(this.list(definition).map((object) => [keyOf(object), object]));
    return {
      get: (key) => objects.get(key),
      list: () => [...objects.values()],
      byIndex: () => [],
      size: objects.size,
    };
  }

  resource<T extends KubernetesObject>(definition: ResourceDefinition<T>): ObjectClient<T> {
    const idOf = (name: string, namespace = '') =>
      `${definition.plural}:${definition.namespaced ? `${namespace}/` : ''}${name}`;
    const get = (name: string, { namespace }: WriteScope = {}): Promise<T> => {
      const object = this.#objects.get(idOf(name, namespace));
      if (object === undefined) return Promise.reject(new ApiError('not-found', `no ${name}`));
      return Promise.resolve(object as T);
    };
    return {
      get,
      list: ({ namespace }) =>
        Promise.resolve({
          metadata: {},
          items: this.list(definition).filter(({ metadata }) =>
            [undefined, 'all', metadata.namespace].includes(namespace),
          ),
        }),
      watch: () => {
        throw new Error('nothing is watched here');
      },
      subresource: () => Promise.reject(new ApiError('not-found', 'no subresource is asked for here')),
      create: (object, { namespace } = {}) =>
        this.#write(() => {
          const id = idOf(object.metadata.name!, namespace ?? object.metadata.namespace);
          if (this.#objects.has(id)) throw new ApiError('already-exists', id);
          const metadata = { uid: crypto.randomUUID(), ...object.metadata };
          return this.#put(id, { ...object, metadata });
        }),
      patch: async (name, patch, { namespace, subresource } = {}) => {
        const current = await get(name, { namespace: namespace ?? '' });
        return this.#write(() =>
          this.#put(idOf(name, namespace), patched(current, patch, subresource === 'status')),
        );
      },
      delete: async (name, { namespace, preconditions } = {}) => {
        const { metadata, ...rest } = await get(name, { namespace: namespace ?? '' });
        if (preconditions?.uid !== undefined && preconditions.uid !== metadata.uid)
          throw new ApiError('conflict', name);
        const deletionTimestamp = metadata.deletionTimestamp ?? '2026-01-01T00:00:00Z';
        return this.#write(() =>
          this.#put(idOf(name, namespace), { ...rest, metadata: { ...metadata, deletionTimestamp } } as T),
        );
      },
    };
  }

  #write<R>(write: () => R): Promise<R> {
    const crash = this.#crash !== undefined && this.#crash.left-- === 0 ? this.#crash : undefined;
    if (crash !== undefined) this.#crash = undefined;
    if (crash?.after === false) return Promise.reject(new Crash('before a write'));
    try {
      const result = write();
      return crash === undefined ? Promise.resolve(result) : Promise.reject(new Crash('after a write'));
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #put<T extends KubernetesObject>(id: string, object: T): T {
    const { metadata } = object;
    const stored = { ...object, metadata: { ...metadata, resourceVersion: String(++this.#version) } };
    if (metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0)
      this.#objects.delete(id);
    else this.#objects.set(id, stored);
    return stored;
  }
}

/** @throws ApiError `conflict` when the patch is for another version */
function patched<T extends KubernetesObject & { status?: unknown }>(
  current: T,
  patch: ObjectPatch,
  statusOnly: boolean,
): T {
  let result: T;
  if (patch.type === 'json') {
    try {
      result = applyJsonPatch(current, patch.operations);
    } catch (cause) {
      throw new ApiError('conflict', 'the patch is for another version', { cause });
    }
  } else {
    const version = (patch.body as Partial<KubernetesObject>).metadata?.resourceVersion;
    if (version !== undefined && version !== current.metadata.resourceVersion)
      throw new ApiError('conflict', 'the patch is for another version');
    result = applyMergePatch(current, patch.body) as T;
  }
  return statusOnly ? { ...current, status: result.status } : { ...result, status: current.status };
}

function keyOf({ metadata: { namespace, name = '' } }: KubernetesObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
