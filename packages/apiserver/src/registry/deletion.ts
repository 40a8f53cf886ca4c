import { cloneJson } from '../object/json.ts';
import { timestamp, type KubeObject, type ObjectMeta } from '../object/types.ts';
import type { ResourceDefinition } from './definition.ts';

/** What happens to dependents: deleted afterwards, deleted first, or left alone. */
export type PropagationPolicy = 'Background' | 'Foreground' | 'Orphan';

/** How an object is to be deleted. */
export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: PropagationPolicy;
  preconditions?: { uid?: string; resourceVersion?: string };
}

/** Finalizer under which an object waits for its blocking dependents. */
export const FOREGROUND_FINALIZER = 'foregroundDeletion';
/** Finalizer under which an object waits until its dependents are released. */
export const ORPHAN_FINALIZER = 'orphan';

/** What a deletion does now. */
export type DeletionPlan =
  /** @property object what is stored first, for kinds whose watchers are told that a deletion begins. */
  | { readonly step: 'remove'; readonly object?: KubeObject }
  | { readonly step: 'update'; readonly object: KubeObject }
  | { readonly step: 'none' };

/**
 * Decides what a DELETE request does. Without finalizers and grace an object disappears at once; otherwise it is marked,
 * and disappears with the update that removes the last obstacle or with a later DELETE of zero grace.
 */
export function planDeletion(
  definition: ResourceDefinition,
  current: KubeObject,
  options: DeleteOptions,
  now: Date,
): DeletionPlan {
  const object = cloneJson(current);
  const { metadata } = object;
  const before = metadata.finalizers ?? [];
  const finalizers = propagationFinalizers(
    before,
    options.propagationPolicy ?? defaultPolicy(definition, before),
  );
  const grace = definition.strategy.gracePeriodSeconds?.(object, options.gracePeriodSeconds) ?? 0;
  const marked = metadata.deletionTimestamp !== undefined;
  const effective = marked ? Math.min(grace, metadata.deletionGracePeriodSeconds ?? 0) : grace;
  const held = definition.strategy.holdsDeletion?.(object) === true;
  const gone = effective === 0 && finalizers.length === 0 && !held;
  if (gone && (definition.strategy.gracePeriodSeconds === undefined || isOver(metadata)))
    return { step: 'remove' };
  const unchanged = marked && effective === (metadata.deletionGracePeriodSeconds ?? 0);
  if (unchanged && finalizers.length === before.length && finalizers.every((name) => before.includes(name)))
    return { step: 'none' };
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  if (!unchanged) {
    metadata.deletionTimestamp = timestamp(new Date(now.getTime() + effective * 1000));
    metadata.deletionGracePeriodSeconds = effective;
    if (!marked) {
      if (metadata.generation !== undefined) metadata.generation += 1;
      definition.strategy.prepareForDeletion?.(object);
    }
  }
  return { step: gone ? 'remove' : 'update', object };
}

/** True for an object whose time to end is over. */
function isOver({ deletionTimestamp, deletionGracePeriodSeconds }: ObjectMeta): boolean {
  return deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0;
}

/** What a deletion that does not say so does with dependents, unless an earlier one or the object itself has said it. */
function defaultPolicy(
  { strategy }: ResourceDefinition,
  finalizers: readonly string[],
): PropagationPolicy | undefined {
  const said = finalizers.includes(ORPHAN_FINALIZER) || finalizers.includes(FOREGROUND_FINALIZER);
  return strategy.orphansByDefault === true && !said ? 'Orphan' : undefined;
}

function propagationFinalizers(
  finalizers: readonly string[],
  policy: PropagationPolicy | undefined,
): string[] {
  if (policy === undefined) return [...finalizers];
  const others = finalizers.filter((name) => name !== FOREGROUND_FINALIZER && name !== ORPHAN_FINALIZER);
  if (policy === 'Foreground') return [...others, FOREGROUND_FINALIZER];
  if (policy === 'Orphan') return [...others, ORPHAN_FINALIZER];
  return others;
}

/** True for an object being deleted that nothing holds any longer. */
export function isReadyToDisappear(
  definition: ResourceDefinition,
  { metadata, ...rest }: KubeObject,
): boolean {
  return (
    metadata.deletionTimestamp !== undefined &&
    (metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
    (metadata.finalizers ?? []).length === 0 &&
    definition.strategy.holdsDeletion?.({ ...rest, metadata }) !== true
  );
}
