import { annotations, type ObjectMeta } from '@virtkit/core-types';

/** The version of KubeVirt's API that the controllers work with, for the observed-version annotations. */
const observedApiVersion = 'v1';

/** The metadata with a finalizer and the observed API versions, so that no controller has to write them first. */
export function withSystemMetadata(metadata: ObjectMeta, finalizer: string): ObjectMeta {
  const { finalizers = [] } = metadata;
  return {
    ...metadata,
    annotations: {
      ...metadata.annotations,
      [annotations.latestObservedApiVersion]: observedApiVersion,
      [annotations.storageObservedApiVersion]: observedApiVersion,
    },
    finalizers: finalizers.includes(finalizer) ? finalizers : [...finalizers, finalizer],
  };
}
