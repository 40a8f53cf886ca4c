import type { VirtualMachine, VirtualMachineInstance, VirtualMachineSpec } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import type { Rule } from '../rule.ts';

/** What the rules for a virtual machine look at. */
export interface MachineSubject {
  readonly machine: VirtualMachine;
  /** As stored; `unreadable` when it does not fit the schema, undefined when the machine is being created. */
  readonly before: VirtualMachine | 'unreadable' | undefined;
  readonly trusted: boolean;
  readonly configuration: ClusterConfiguration;
}

/** A rule for a virtual machine. */
export type MachineRule = Rule<MachineSubject>;

/** What the rules for the spec of a virtual machine look at, also where it stands in the spec of a pool. */
export interface MachineSpecSubject {
  /** Its template as it is judged: of a machine, with instance type, preference and defaults. */
  readonly spec: VirtualMachineSpec;
  /** Path of the spec in its object, such as `spec`. */
  readonly root: string;
  readonly trusted: boolean;
  readonly configuration: ClusterConfiguration;
}

export type MachineSpecRule = Rule<MachineSpecSubject>;

/** What the rules for volumes that are to be plugged look at. */
export interface VolumeRequestsSubject {
  readonly machine: VirtualMachine;
  /** The running instance; undefined when there is none. */
  readonly instance: VirtualMachineInstance | undefined;
  readonly configuration: ClusterConfiguration;
  /** RFC 3339. */
  readonly now: string;
}

export type VolumeRequestsRule = Rule<VolumeRequestsSubject>;
