import type { ClusterConfiguration } from '@virtkit/admission';
import type { KubernetesObject, KubeVirt, VirtualMachine, VirtualMachineInstance } from '@virtkit/core-types';
import type { Logger } from '@virtkit/controllers/runtime';
import type { Client } from '@virtkit/sdk';
import type { ConnectionObserver } from './connection-metrics.ts';
import type { HandlerTls } from './node-agent/tls.ts';
import { ifFound, refusal } from './refusal.ts';

/** What answering takes. */
export interface SubresourceContext {
  /** The client of virt-api itself. */
  readonly client: () => Promise<Client>;
  /** The configuration that is in force now. */
  readonly configuration: () => Promise<ClusterConfiguration>;
  /** The KubeVirt objects of the cluster. */
  readonly kubeVirts: () => Promise<readonly KubeVirt[]>;
  readonly handlerTls: () => HandlerTls;
  readonly logger: Logger;
  /** Hears of streams. */
  readonly connections: ConnectionObserver;
}

/** An object as a request names it. */
export interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

/** @throws ApiServerError `NotFound` */
export async function requiredMachine(
  client: Client,
  { namespace, name }: ObjectName,
  signal: AbortSignal,
): Promise<VirtualMachine> {
  const machine = await ifFound(client.virtualMachines.get(name, { namespace, signal }));
  if (machine === undefined) throw refusal('NotFound', 'virtualMachines', name, 'not found');
  return machine;
}

/** @throws ApiServerError `NotFound` */
export async function requiredInstance(
  client: Client,
  { namespace, name }: ObjectName,
  signal: AbortSignal,
): Promise<VirtualMachineInstance> {
  const instance = await ifFound(client.virtualMachineInstances.get(name, { namespace, signal }));
  if (instance === undefined) throw refusal('NotFound', 'virtualMachineInstances', name, 'not found');
  return instance;
}

function controllerOf({ metadata }: KubernetesObject) {
  return (metadata.ownerReferences ?? []).find(({ controller }) => controller === true);
}

/** Whether the instance is that of this machine, and not of one of the same name. */
export function isControlledBy(instance: VirtualMachineInstance, machine: VirtualMachine): boolean {
  return controllerOf(instance)?.uid === machine.metadata.uid;
}

/** Whether any virtual machine manages the instance. */
export function isControlledByMachine(instance: VirtualMachineInstance): boolean {
  const owner = controllerOf(instance);
  return owner?.kind === 'VirtualMachine' && owner.apiVersion === 'kubevirt.io/v1';
}
