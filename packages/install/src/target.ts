import type { KubeVirtSpec } from '@virtkit/core-types';
import type { Images } from './images.ts';

/** What is to be installed, and into which cluster: all that the objects follow from. */
export interface InstallTarget {
  /** Of the installation. */
  readonly namespace: string;
  /** What the objects and the KubeVirt object say is installed, such as `0.1.0`. */
  readonly version: string;
  /** What the objects say where the images come from. */
  readonly registry: string;
  readonly images: Images;
  readonly spec: KubeVirtSpec;
  readonly cluster: ClusterFacts;
}

/** What is known of the cluster. */
export interface ClusterFacts {
  /** Nodes that take machines. */
  readonly schedulableNodes: number;
  /** Where Prometheus runs and as whom; undefined where its operator or its account is not there. */
  readonly monitoring?: { readonly namespace: string; readonly account: string } | undefined;
}
