import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { ClusterConfiguration } from '../../configuration/cluster-configuration.ts';
import type { Finding } from '../finding.ts';
import type { Rule } from '../rule.ts';

/** What the rules for an instance's spec look at. */
export interface InstanceSubject {
  /** With defaults. */
  readonly spec: VirtualMachineInstanceSpec;
  /** Path of the spec in its object: `spec`, or `spec.template.spec` of a virtual machine. */
  readonly root: string;
  readonly configuration: ClusterConfiguration;
}

/** A rule for an instance's spec. */
export type InstanceRule = Rule<InstanceSubject>;

/** Findings of one topic, in KubeVirt's order; for topics that judge disks, volumes or interfaces one by one, or that stop early. */
export type InstanceCheck = (subject: InstanceSubject) => readonly Finding[];
