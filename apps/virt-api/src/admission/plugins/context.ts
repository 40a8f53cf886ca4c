import type { ClusterConfiguration } from '@virtkit/admission';
import type { KubeVirt } from '@virtkit/core-types';
import type { Client } from '@virtkit/sdk';

/** What the plugins share. */
export interface PluginContext {
  /** The configuration that is in force now. */
  configuration(): Promise<ClusterConfiguration>;
  /** The KubeVirt objects of the cluster. */
  kubeVirts(): Promise<readonly KubeVirt[]>;
  /** The client of virt-api itself. */
  client(): Promise<Client>;
  readonly hypervisors: readonly string[];
  /** A new random UUID. */
  uuid(): string;
  /** The present time, RFC 3339. */
  now(): string;
}
