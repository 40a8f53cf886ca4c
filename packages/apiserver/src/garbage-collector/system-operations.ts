import { ApiServerError } from '../errors.ts';
import { cloneJson, type JsonObject } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { deleteObject } from '../registry/delete.ts';
import type { DeleteOptions } from '../registry/deletion.ts';
import type { Registry, RequestScope } from '../registry/registry.ts';
import { bodyOf, updateObject } from '../registry/update.ts';
import type { ObjectKey } from '../storage/records.ts';

/** Writes of the server's own controllers; an object that is gone meanwhile is no error. */
export class SystemOperations {
  readonly #registry: Registry;
  readonly #scope: Omit<RequestScope, 'warnings'>;

  /** @param user name under which admission plugins see the writes. */
  constructor(registry: Registry, user: string) {
    this.#registry = registry;
    this.#scope = {
      user: {
        name: user,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
      },
      dryRun: false,
      fieldValidation: 'Ignore',
      fieldManager: 'kube-controller-manager',
    };
  }

  /** The definition through which a stored object can be written, if its resource is still served. */
  definitionOf(key: ObjectKey): ResourceDefinition | undefined {
    return this.#registry.catalogue.findStored(key.resource);
  }

  async delete(key: ObjectKey, options: DeleteOptions): Promise<void> {
    const definition = this.definitionOf(key);
    if (definition === undefined) return;
    await unlessGone(
      deleteObject(
        this.#registry,
        definition,
        { ...this.#scope, warnings: [] },
        { namespace: key.namespace, name: key.name, options },
      ),
    );
  }

  /** Changes a copy of the object in place. */
  async change(key: ObjectKey, change: (object: KubeObject) => void): Promise<void> {
    await this.#update(key, 'whole', change);
  }

  /** Replaces the status, as a write of the subresource. */
  async changeStatus(key: ObjectKey, status: (object: KubeObject) => JsonObject): Promise<void> {
    await this.#update(key, 'status', (object) => {
      object.status = status(object);
    });
  }

  async #update(
    key: ObjectKey,
    target: 'whole' | 'status',
    change: (object: KubeObject) => void,
  ): Promise<void> {
    const definition = this.definitionOf(key);
    if (definition === undefined) return;
    const produce = (current: KubeObject) => {
      const next = cloneJson(current);
      change(next);
      return bodyOf(next);
    };
    await unlessGone(
      updateObject(
        this.#registry,
        definition,
        { ...this.#scope, warnings: [] },
        {
          namespace: key.namespace,
          name: key.name,
          target,
          ...(target === 'status' ? { subresource: 'status' } : {}),
          replaces: false,
          produce,
        },
      ),
    );
  }
}

async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ApiServerError && error.code === 'NotFound')) throw error;
  }
}
