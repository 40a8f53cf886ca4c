import type { Client } from '@virtkit/sdk';
import type { CommandOptions, CommandResult } from './command.ts';

/** Parts of a cluster that scenarios end, whatever processes they are. */
export type Component = 'api-server' | 'virt-controller' | 'virt-handler';

/**
 * A cluster that scenarios run on: the embedded platform, or a real Kubernetes. Scenarios use nothing else, so they say
 * nothing about how the cluster is made.
 */
export interface Cluster {
  readonly client: Client;
  /** Path of the administrator's. */
  readonly kubeconfig: string;
  /** Where scenarios make their objects; the default of `client`, `kubectl` and `virtctl`. */
  readonly namespace: string;
  /** Reference of an image with the tiny guest's disk, to be used in containerDisk volumes. */
  readonly guestImage: string;
  /** Makes an image of this name with the tiny guest's disk available to the nodes. */
  provideImage(reference: string): Promise<void>;
  kubectl(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  virtctl(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Commands that take a `--kubeconfig` are told of this cluster's by the caller. */
  virtkit(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Ends the process of a component by force, and waits until the component does its work again. */
  restart(component: Component): Promise<void>;
  /** Stops the store of the API server's objects for a time, as a machine that hangs does, and lets it go on. */
  pauseStore(milliseconds: number): Promise<void>;
  /** Has every certificate between the platform's own programs made anew, and waits until the new ones are in use. */
  renewCertificates(): Promise<void>;
}

/** Programs of the embedded platform that its supervisor keeps running. */
export type ProgramName = 'control-plane' | 'virt-controller' | 'kubelet' | 'virt-handler';

export const programNames: readonly ProgramName[] = [
  'control-plane',
  'virt-controller',
  'kubelet',
  'virt-handler',
];
