import { resourcePath, type KubernetesObject, type ResourceDefinition } from '@virtkit/core-types';
import { ApiError, isApiError } from '../errors.ts';
import type { LookupCache, RememberedAnswer } from './lookup-cache.ts';
import type { LeftToServer } from './judgement.ts';
import type { ObjectReader, ObjectSource } from './object-source.ts';

/**
 * The look-ups of one judgement. It keeps record of those that failed, so that no verdict is taken for certain that rests on
 * them, and of whether an answer was remembered from before.
 */
export class LookupSession implements ObjectSource {
  readonly #source: ObjectSource;
  readonly #cache: LookupCache;
  readonly #fresh: boolean;
  readonly #failures = new Map<string, LeftToServer>();
  #remembered = false;

  /** @param options.fresh ask the cluster, whatever is remembered */
  constructor(source: ObjectSource, cache: LookupCache, options: { readonly fresh: boolean }) {
    this.#source = source;
    this.#cache = cache;
    this.#fresh = options.fresh;
  }

  /** What could not be looked up. */
  get failures(): readonly LeftToServer[] {
    return [...this.#failures.values()];
  }

  /** Whether an answer came from the cache. */
  get usedRemembered(): boolean {
    return this.#remembered;
  }

  resource<T extends KubernetesObject>(definition: ResourceDefinition<T>): ObjectReader<T> {
    const reader = this.#source.resource(definition);
    const { kind } = definition;
    return {
      get: (name, options = {}) => {
        const { namespace } = options;
        const key = `GET ${resourcePath(definition, { namespace, name })}`;
        return this.#answer(definition, key, `${kind} ${name}`, () => reader.get(name, options));
      },
      list: (options = {}) => {
        const { namespace, labelSelector = '', limit = 0 } = options;
        const scope = namespace === 'all' ? {} : { namespace };
        const key = `LIST ${resourcePath(definition, scope)} ${labelSelector} ${limit}`;
        return this.#answer(definition, key, `${kind} objects`, () => reader.list(options));
      },
      // A rule that asks by a dry run would write before the user's own request is sent.
      create: () => {
        const error = new ApiError('not-implemented', 'nothing is created to find out whether it could be');
        return this.#failed(`${kind} dry run`, `whether a ${kind} could be created is not tried`, error);
      },
    };
  }

  async #answer<T extends KubernetesObject, A extends object>(
    definition: ResourceDefinition<T>,
    key: string,
    what: string,
    ask: () => Promise<A>,
  ): Promise<A> {
    const known = this.#fresh ? undefined : this.#cache.get(key);
    if (known !== undefined) {
      this.#remembered = true;
      return this.#recall<A>(known, key, what);
    }
    try {
      const value = await ask();
      this.#cache.set(definition, key, { kind: 'found', value });
      return value;
    } catch (error) {
      if (!isApiError(error) || error.code === 'not-found') throw error;
      if (error.code === 'forbidden') this.#cache.set(definition, key, { kind: 'forbidden', error });
      return this.#failed(key, `${what} cannot be read: ${error.message}`, error);
    }
  }

  #recall<A extends object>(answer: RememberedAnswer, key: string, what: string): Promise<A> {
    switch (answer.kind) {
      case 'found':
        // Only answers to the same question have this key.
        return Promise.resolve(answer.value as A);
      case 'forbidden':
        return this.#failed(key, `${what} cannot be read: ${answer.error.message}`, answer.error);
      default:
        return answer satisfies never;
    }
  }

  #failed(key: string, why: string, cause: ApiError): Promise<never> {
    this.#failures.set(key, { why, cause });
    return Promise.reject(cause);
  }
}
