import { annotations, type ObjectMeta } from '@virtkit/core-types';
import { withFinalizer } from './finalizers.ts';

/** The version of KubeVirt's API that the controllers work with, for the observed-version annotations. */
const observedApiVersion = 'v1';

/**
 * The metadata with a finalizer and the observed API versions. In KubeVirt the controllers add both in a write of their own;
 * a control plane that admits objects itself saves that write.
 */
export function withSystemMetadata(metadata: ObjectMeta, finalizer: string): ObjectMeta {
  return withFinalizer(
    {
      ...metadata,
      annotations: {
        ...metadata.annotations,
        [annotations.latestObservedApiVersion]: observedApiVersion,
        [annotations.storageObservedApiVersion]: observedApiVersion,
      },
    },
    finalizer,
  );
}
