import type { ConfigMap, KubernetesObject, KubeVirt } from '@virtkit/core-types';
import type { ClusterFacts } from '@virtkit/install';
import type { ObjectId } from './managed-kinds.ts';

/** What a pass knows of the cluster. */
export interface Observation {
  /** Every KubeVirt object of the cluster. */
  readonly kubeVirts: readonly KubeVirt[];
  /** What the operator made, by id. */
  readonly managed: ReadonlyMap<ObjectId, KubernetesObject>;
  /** Authorities that an administrator adds. */
  readonly externalAuthorities: ConfigMap | undefined;
  readonly cluster: ClusterFacts;
  /** Milliseconds since 1970. */
  readonly now: number;
}
