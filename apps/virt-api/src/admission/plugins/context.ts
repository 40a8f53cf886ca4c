import type { AdmissionPlugin } from '@virtkit/apiserver';
import type { ClusterConfiguration } from '@virtkit/admission';
import { resources, type KubeVirt } from '@virtkit/core-types';

/** What the plugins share. */
export interface AdmissionContext {
  /** The configuration that is in force now. */
  configuration(): Promise<ClusterConfiguration>;
  /** The KubeVirt objects of the cluster. */
  kubeVirts(): Promise<readonly KubeVirt[]>;
  readonly hypervisors: readonly string[];
  /** A new random UUID. */
  uuid(): string;
  /** The present time, RFC 3339. */
  now(): string;
}

type Matches = AdmissionPlugin['matches'];

/** Matches writes to objects of a KubeVirt kind itself, in any version, not to their subresources. */
export function writesTo(
  kind: 'virtualMachines' | 'virtualMachineInstances' | 'kubeVirts',
  subresource?: string,
): Matches {
  const { group, plural } = resources[kind];
  return (target, operation) =>
    target.group === group &&
    target.resource === plural &&
    target.subresource === subresource &&
    (operation === 'CREATE' || operation === 'UPDATE');
}
