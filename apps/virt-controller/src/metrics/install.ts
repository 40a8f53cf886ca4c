import type { Registry } from 'prom-client';
import type { InformerCache, RuntimeMetrics } from '@virtkit/controllers/runtime';
import { resources } from '@virtkit/core-types';
import { countSyncs, registerFamilies } from '@virtkit/program';
import { clusterContents } from './cluster-contents.ts';
import { instanceFamilies } from './instance-families.ts';
import { machineFamilies } from './machine-families.ts';
import { measurePhases } from './phase-transitions.ts';

/** The metrics of an acting virt-controller, until disposed of. */
export interface ClusterMetrics extends Disposable {
  /** For the controller of instances: its passes are counted for each instance. */
  readonly ofInstances: RuntimeMetrics;
}

/**
 * Registers the metrics of what the stores hold: machines, instances, and how both change.
 * @param namespace - of the installation
 */
export function installClusterMetrics(
  registry: Registry,
  cache: InformerCache,
  namespace: string,
): ClusterMetrics {
  const instances = cache.informer(resources.virtualMachineInstances);
  registerFamilies(registry, [...machineFamilies, ...instanceFamilies], clusterContents(cache, namespace));
  const subscriptions = new DisposableStack();
  subscriptions.use(measurePhases(registry, instances));
  const syncs = subscriptions.use(countSyncs(registry, instances));
  return { ofInstances: syncs.metrics, [Symbol.dispose]: () => subscriptions.dispose() };
}
