import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { AdmissionConfiguration } from '../../../cluster/configuration.ts';
import type { Rule } from '../rule.ts';

/** What the rules for an instance's spec look at. */
export interface InstanceSubject {
  /** With defaults. */
  readonly spec: VirtualMachineInstanceSpec;
  /** Path of the spec in its object: `spec`, or `spec.template.spec` of a virtual machine. */
  readonly root: string;
  readonly configuration: AdmissionConfiguration;
}

export type InstanceRule = Rule<InstanceSubject>;
