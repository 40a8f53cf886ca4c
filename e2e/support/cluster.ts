import type { Client } from '@virtkit/sdk';
import type { CommandOptions, CommandResult } from './command.ts';

/**
 * A cluster that scenarios run on: the embedded platform now, any other one with this API later. Scenarios use nothing
 * else, so they say nothing about how the cluster is made.
 */
export interface Cluster {
  readonly client: Client;
  /** Where scenarios make their objects; the default of `client`, `kubectl` and `virtctl`. */
  readonly namespace: string;
  /** Reference of an image with the tiny guest's disk, to be used in containerDisk volumes. */
  readonly guestImage: string;
  /** Makes an image of this name with the tiny guest's disk available to the nodes. */
  provideImage(reference: string): Promise<void>;
  kubectl(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  virtctl(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
}

/** Programs of the embedded platform that its supervisor keeps running. */
export type ProgramName = 'control-plane' | 'virt-controller' | 'kubelet' | 'virt-handler';

export const programNames: readonly ProgramName[] = [
  'control-plane',
  'virt-controller',
  'kubelet',
  'virt-handler',
];
