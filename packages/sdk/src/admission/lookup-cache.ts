import { resources, type KubernetesObject, type ResourceDefinition } from '@virtkit/core-types';
import { LRUCache } from 'lru-cache';
import type { ApiError } from '../errors.ts';

/** Answers that are kept at most. */
const mostAnswers = 200;
/** How long an answer is kept, in milliseconds. */
const lifetimeMs = 60_000;

/** What was looked up before: an object, a list, or that the user may not look. */
export type RememberedAnswer =
  | { readonly kind: 'found'; readonly value: object }
  | { readonly kind: 'forbidden'; readonly error: ApiError };

/**
 * Kinds that change rarely and that many writes ask for. Others (instances, claims, migrations, ...) change while machines
 * run and are asked for anew each time.
 */
const remembered: ReadonlySet<ResourceDefinition<unknown>> = new Set<ResourceDefinition<unknown>>([
  resources.kubeVirts,
  resources.virtualMachineInstancePresets,
  resources.virtualMachineInstancetypes,
  resources.virtualMachineClusterInstancetypes,
  resources.virtualMachinePreferences,
  resources.virtualMachineClusterPreferences,
  resources.controllerRevisions,
]);

/**
 * Answers to look-ups, bounded in number and age. That an object does not exist is never remembered. An old answer does no
 * harm: what is refused with it is judged again without it.
 */
export class LookupCache {
  readonly #answers = new LRUCache<string, RememberedAnswer>({ max: mostAnswers, ttl: lifetimeMs });

  get(key: string): RememberedAnswer | undefined {
    return this.#answers.get(key);
  }

  set<T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    key: string,
    answer: RememberedAnswer,
  ): void {
    if (remembered.has(definition) || answer.kind === 'forbidden') this.#answers.set(key, answer);
  }
}
