import type { VirtualMachine } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import type { Rule } from '../rule.ts';

/** What the rules for a virtual machine look at. */
export interface MachineSubject {
  readonly machine: VirtualMachine;
  /** As stored; undefined when the machine is being created. */
  readonly before: VirtualMachine | undefined;
  readonly trusted: boolean;
  readonly configuration: ClusterConfiguration;
}

export type MachineRule = Rule<MachineSubject>;
