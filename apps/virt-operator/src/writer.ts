import type { KubernetesObject } from '@virtkit/core-types';
import { installKindOf } from '@virtkit/install';
import { isApiError, type Client } from '@virtkit/sdk';
import { OperatorError } from './errors.ts';

/** Who the API server is told to have written fields. */
const fieldManager = 'virt-operator';

/** Writes and deletes objects of an installation. */
export class Writer {
  readonly #client: Client;
  readonly #signal: AbortSignal;

  constructor(client: Client, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /**
   * Makes an object be as asked for, whatever was there, by server-side apply: fields that were asked for before and are not
   * any more go, fields of others stay.
   * @returns the object as the server has it now, with its kind
   * @throws OperatorError `refused`
   */
  async apply(object: KubernetesObject): Promise<KubernetesObject> {
    const resource = this.#resource(object);
    try {
      const stored = await resource.apply(object, {
        namespace: object.metadata.namespace,
        fieldManager,
        force: true,
        signal: this.#signal,
      });
      return { ...stored, kind: object.kind };
    } catch (cause) {
      throw this.#refused(object, 'be written', cause);
    }
  }

  /**
   * Deletes an object; that it is gone already is as well. Workloads stay until their Pods have ended.
   * @throws OperatorError `refused`
   */
  async delete(object: KubernetesObject): Promise<void> {
    const { name = '', namespace, uid } = object.metadata;
    const workload = object.kind === 'DaemonSet' || object.kind === 'Deployment';
    try {
      await this.#resource(object).delete(name, {
        namespace,
        ...(workload ? { propagationPolicy: 'Foreground' } : { gracePeriodSeconds: 0 }),
        ...(uid !== undefined && { preconditions: { uid } }),
        signal: this.#signal,
      });
    } catch (cause) {
      // Of the same name but another uid is not the object that was meant.
      if (isApiError(cause, 'not-found', 'conflict')) return;
      throw this.#refused(object, 'be deleted', cause);
    }
  }

  #resource(object: KubernetesObject): ReturnType<Client['resource']> {
    const definition = installKindOf(object);
    if (definition === undefined)
      throw new OperatorError('refused', `no installation has objects of the kind ${object.kind}`);
    return this.#client.resource(definition);
  }

  #refused({ kind, metadata }: KubernetesObject, what: string, cause: unknown): unknown {
    if (this.#signal.aborted || !isApiError(cause)) return cause;
    const place = metadata.namespace === undefined ? '' : ` in ${metadata.namespace}`;
    const message = `${kind} ${metadata.name}${place} could not ${what}: ${cause.message}`;
    return new OperatorError('refused', message, { cause });
  }
}
