import type { KubernetesObject, NodePlacement, ResourceDefinition } from '@virtkit/core-types';
import { isApiError } from '../errors.ts';
import type { ObjectSource } from './object-source.ts';

/** A Deployment or a DaemonSet, as far as it is written here. */
interface Workload extends KubernetesObject {
  readonly spec: object;
}

const common = { group: 'apps', version: 'v1', namespaced: true } as const;
/** What runs a part of KubeVirt. */
const definitions: Readonly<Record<'infra' | 'workloads', ResourceDefinition<Workload>>> = {
  infra: { ...common, kind: 'Deployment', plural: 'deployments', singular: 'deployment' },
  workloads: { ...common, kind: 'DaemonSet', plural: 'daemonsets', singular: 'daemonset' },
};
const name = 'placement-check';
const labels = { 'kubevirt.io': name };

/**
 * Why the API server would not take a component with this placement, by a dry run (KubeVirt rules KVU-13 and KVU-14). Undefined
 * where it would, and where it knows no such workloads, so that none can be placed.
 */
export async function placementRefusal(
  source: ObjectSource,
  part: 'infra' | 'workloads',
  placement: NodePlacement | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const containers = [{ name, image: name }];
  const workload: Workload = {
    apiVersion: 'apps/v1',
    kind: definitions[part].kind,
    metadata: { name, labels },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers, ...placement } },
    },
  };
  try {
    const options = { namespace: 'kubevirt', dryRun: true, signal };
    await source.resource(definitions[part]).create(workload, options);
    return undefined;
  } catch (error) {
    if (isApiError(error, 'not-found')) return undefined;
    if (isApiError(error, 'invalid') || isApiError(error, 'bad-request')) return error.message;
    throw error;
  }
}
