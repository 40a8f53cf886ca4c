import type { VirtualMachineInstance } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import type { Rule } from '../rule.ts';
import type { RequestUser } from '../system-users.ts';

/** A change of an instance. */
export interface InstanceUpdate {
  readonly before: VirtualMachineInstance;
  readonly after: VirtualMachineInstance;
  readonly user: RequestUser;
  readonly configuration: ClusterConfiguration;
}

export type InstanceUpdateRule = Rule<InstanceUpdate>;
