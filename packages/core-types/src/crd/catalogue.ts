import type { CustomResourceDefinition } from '../kubernetes/custom-resource-definition.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { resources } from '../resources/index.ts';
import { crd } from './crd.ts';

/** What every CustomResourceDefinition of KubeVirt is labelled with, except that of the installation itself. */
const kubeVirtLabels = { 'kubevirt.io': '' } as const;
const operatorLabels = { 'operator.kubevirt.io': '' } as const;

/**
 * The CustomResourceDefinitions of all kinds of KubeVirt and CDI, in order of group and plural name. Kinds that an API
 * server of their own serves have none.
 */
export function crdCatalogue(): CustomResourceDefinition[] {
  const definitions: ResourceDefinition<unknown>[] = Object.values(resources);
  return definitions
    .filter(({ group, aggregated }) => isOwn(group) && aggregated !== true)
    .sort((a, b) => compare(a.group, b.group) || compare(a.plural, b.plural))
    .map((definition) => crd(definition, labelsOf(definition)));
}

function isOwn(group: string): boolean {
  return group === 'kubevirt.io' || group.endsWith('.kubevirt.io');
}

/** By code units, so that the order is the same everywhere. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** CDI labels none of its definitions so. */
function labelsOf({ group, kind }: ResourceDefinition<unknown>): { labels?: Record<string, string> } {
  if (group === 'cdi.kubevirt.io' || group.endsWith('.cdi.kubevirt.io')) return {};
  return { labels: kind === 'KubeVirt' ? operatorLabels : kubeVirtLabels };
}
