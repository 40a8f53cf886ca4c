import { KubeVirtSchema, PluginSchema, resources, type KubeVirt } from '@virtkit/core-types';
import { denialOf, pluginDenialOf, unlimitedDenialOf, type Verdict } from '../../validation/denial.ts';
import {
  kubeVirtCreateFindings,
  kubeVirtDeleteFindings,
  kubeVirtUpdateFindings,
  kubeVirtUpdateWarnings,
  placementOf,
  pluginFindings,
  workloadsBlockDeletion,
  type PlacementRefusals,
} from '../../validation/index.ts';
import { passed, readableStored, readObject, resourceOf, type KindAdmission } from '../kind.ts';
import { lookUp } from '../look-up.ts';
import type { AdmissionLookups } from '../lookups.ts';
import type { AdmissionRequest } from '../request.ts';

/** The KubeVirt object. */
export const kubeVirts: KindAdmission = {
  resource: resourceOf(resources.kubeVirts),
  validates: ['CREATE', 'UPDATE', 'DELETE'],
  async validate(request, { lookups }) {
    if (request.operation === 'DELETE') return judgeDeletion(request, lookups);
    const read = readObject(KubeVirtSchema, request.object, 'complete');
    if (!read.ok) return denialOf(read.findings);
    if (request.operation === 'CREATE')
      return denialOf(kubeVirtCreateFindings(await lookUp(() => lookups.kubeVirts())));
    const before = readableStored(KubeVirtSchema, request.oldObject);
    if (before === undefined) return passed;
    const sides = { before, after: read.value };
    const update = { ...sides, placement: await placementRefusals(sides, lookups) };
    return unlimitedDenialOf(kubeVirtUpdateFindings(update), kubeVirtUpdateWarnings(update));
  },
};

/** What others add to machines and nodes. */
export const plugins: KindAdmission = {
  resource: resourceOf(resources.plugins),
  validates: ['CREATE', 'UPDATE'],
  validate({ operation, object }, { configuration }) {
    const read = readObject(PluginSchema, object);
    if (!read.ok) return denialOf(read.findings);
    const creating = operation === 'CREATE';
    return pluginDenialOf(pluginFindings({ plugin: read.value, creating, configuration }));
  },
};

async function judgeDeletion(
  { oldObject, object }: AdmissionRequest,
  lookups: AdmissionLookups,
): Promise<Verdict> {
  const kubevirt = readableStored(KubeVirtSchema, oldObject ?? object);
  if (kubevirt === undefined || !workloadsBlockDeletion(kubevirt)) return passed;
  const workload = await lookUp(() => lookups.workload());
  return denialOf(kubeVirtDeleteFindings({ kubevirt, workload }));
}

/** The API server is asked about placements that change. */
async function placementRefusals(
  sides: { readonly before: KubeVirt; readonly after: KubeVirt },
  lookups: AdmissionLookups,
): Promise<PlacementRefusals> {
  const refusalOf = async (part: 'infra' | 'workloads'): Promise<string | undefined> => {
    const { changed, placement } = placementOf(sides, part);
    return changed ? lookUp(() => lookups.placementRefusal(part, placement)) : undefined;
  };
  return { infra: await refusalOf('infra'), workloads: await refusalOf('workloads') };
}
