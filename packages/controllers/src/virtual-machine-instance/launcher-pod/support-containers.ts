import type { ClusterConfiguration } from '@virtkit/admission';
import type { ContainerResources, VirtualMachineInstance } from '@virtkit/core-types';
import { isGuaranteed } from './guaranteed.ts';

/** What the containers beside the launcher ask of the node (KubeVirt defaulting facts, support container resources). */
const defaults = {
  virtiofs: { requests: { cpu: '10m', memory: '1M' }, limits: { cpu: '100m', memory: '80M' } },
  'guest-console-log': { requests: { cpu: '5m', memory: '35M' }, limits: { cpu: '15m', memory: '60M' } },
  'hotplug-disk': { requests: { cpu: '10m', memory: '2M' }, limits: { cpu: '100m', memory: '80M' } },
  sidecar: { requests: {}, limits: {} },
} as const;

/** Limits of a hook sidecar in a Pod of the Guaranteed class, which has none otherwise. */
const guaranteedSidecar = { cpu: '200m', memory: '64M' } as const;

export type SupportContainer = keyof typeof defaults;

/**
 * Resources of a container beside the launcher. The cluster's configuration overrides each; in a Pod that is to be of the
 * Guaranteed class the requests are raised to the limits.
 */
export function supportResources(
  type: SupportContainer,
  instance: VirtualMachineInstance,
  { values }: ClusterConfiguration,
): ContainerResources {
  const own = values.supportContainerResources?.find((entry) => entry.type === type)?.resources;
  // A Pod of its own, whose class is not the launcher's.
  const guaranteed = type !== 'hotplug-disk' && isGuaranteed(instance);
  const limits = {
    ...defaults[type].limits,
    ...(guaranteed && type === 'sidecar' ? guaranteedSidecar : {}),
    ...own?.limits,
  };
  const requests = { ...defaults[type].requests, ...own?.requests };
  return { requests: guaranteed ? { ...requests, ...limits } : requests, limits };
}
