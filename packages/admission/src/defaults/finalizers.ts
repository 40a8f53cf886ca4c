import type { ObjectMeta } from '@virtkit/core-types';

/** The metadata with a finalizer, at the end unless it is there. */
export function withFinalizer(metadata: ObjectMeta, finalizer: string): ObjectMeta {
  const { finalizers = [] } = metadata;
  return finalizers.includes(finalizer) ? metadata : { ...metadata, finalizers: [...finalizers, finalizer] };
}
