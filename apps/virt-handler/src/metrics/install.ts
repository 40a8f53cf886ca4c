import { Gauge, type Registry } from 'prom-client';
import { countSyncs, registerFamilies, type FollowedInstances, type InstanceSyncs } from '@virtkit/program';
import { guestFamilies } from './guest-families.ts';
import { guestMeasurer, type GuestMeasuring } from './measure-guests.ts';

/** What the metrics of a node agent follow from. */
export interface HandlerMetricsOptions extends GuestMeasuring {
  readonly nodeName: string;
  /** Version of the program. */
  readonly version: string;
  /** The informer of this node's instances. */
  readonly followed: FollowedInstances;
}

/** Registers the metrics of a node agent and its guests, until what it returns is disposed of. */
export function installHandlerMetrics(registry: Registry, options: HandlerMetricsOptions): InstanceSyncs {
  const { nodeName, version, followed } = options;
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  gauge('kubevirt_virt_handler_ready_status', 'Whether the node agent is ready (1).').set(1);
  gauge('kubevirt_info', 'Versions: of the program, and of what runs it in the place of Go.', [
    'goversion',
    'kubeversion',
  ]).set({ goversion: `node ${process.versions.node}`, kubeversion: version }, 1);
  const measure = guestMeasurer(options);
  registerFamilies(registry, guestFamilies, async () => ({ nodeName, guests: await measure() }));
  return countSyncs(registry, followed);
}
