import type { ClusterConfiguration } from '@virtkit/admission';
import { labels, matchesLabels } from '@virtkit/core-types';
import type { LauncherFacts } from './facts.ts';

const defaultMemoryRatio = 2;

/** Whether a Pod of this namespace is refused, or out of place, without a CPU limit. */
export function needsCpuLimit(
  { namespaceLabels, quotaResources }: LauncherFacts,
  { values }: ClusterConfiguration,
): boolean {
  const selector = values.autoCPULimitNamespaceLabelSelector;
  return (
    quotaResources?.has('limits.cpu') === true ||
    (selector !== undefined && matchesLabels(selector, namespaceLabels))
  );
}

/** The memory limit as a multiple of the request, where a quota of the namespace asks for one. */
export function memoryLimitRatio({ namespaceLabels, quotaResources }: LauncherFacts): number | undefined {
  if (quotaResources?.has('limits.memory') !== true) return undefined;
  const ratio = Number(namespaceLabels?.[labels.autoMemoryLimitsRatio]);
  return Number.isFinite(ratio) && ratio >= 1 ? ratio : defaultMemoryRatio;
}
