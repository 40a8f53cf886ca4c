// How a pool shrinks, updates and heals.
import * as z from 'zod';
import { LabelSelectorSchema } from '../kubernetes/meta.ts';
import { NodeSelectorRequirementSchema } from '../kubernetes/scheduling.ts';
import { apiObject } from '../schema/object.ts';
import { duration, list, presence, uint32 } from '../schema/scalars.ts';
import { poolSortPolicies, statePreservations } from './values.ts';

export const VirtualMachinePoolSelectorsSchema = apiObject('Machines to choose from; all conditions apply.', {
  labelSelector: LabelSelectorSchema.describe('Labels of the machine template.').optional(),
  nodeSelectorRequirementMatcher: list(NodeSelectorRequirementSchema)
    .describe('Conditions on the node selector of the instance.')
    .optional(),
});
export type VirtualMachinePoolSelectors = z.output<typeof VirtualMachinePoolSelectorsSchema>;

export const VirtualMachinePoolSelectionPolicySchema = apiObject('Which machines go first.', {
  selectors: VirtualMachinePoolSelectorsSchema.optional(),
  sortPolicy: z.enum(poolSortPolicies).optional(),
});
export type VirtualMachinePoolSelectionPolicy = z.output<typeof VirtualMachinePoolSelectionPolicySchema>;

export const VirtualMachinePoolOpportunisticScaleInStrategySchema = apiObject(
  'Machines go when somebody deletes them.',
  { statePreservation: z.enum(statePreservations).optional() },
);
export type VirtualMachinePoolOpportunisticScaleInStrategy = z.output<
  typeof VirtualMachinePoolOpportunisticScaleInStrategySchema
>;

export const VirtualMachinePoolProactiveScaleInStrategySchema = apiObject(
  'The pool deletes machines that are too many.',
  {
    selectionPolicy: VirtualMachinePoolSelectionPolicySchema.optional(),
    statePreservation: z.enum(statePreservations).optional(),
  },
);
export type VirtualMachinePoolProactiveScaleInStrategy = z.output<
  typeof VirtualMachinePoolProactiveScaleInStrategySchema
>;

export const VirtualMachinePoolScaleInStrategySchema = apiObject('How the pool shrinks; one member is set.', {
  opportunistic: VirtualMachinePoolOpportunisticScaleInStrategySchema.optional(),
  proactive: VirtualMachinePoolProactiveScaleInStrategySchema.optional(),
  unmanaged: presence().optional(),
});
export type VirtualMachinePoolScaleInStrategy = z.output<typeof VirtualMachinePoolScaleInStrategySchema>;

export const VirtualMachinePoolProactiveUpdateStrategySchema = apiObject(
  'The pool restarts machines that are out of date.',
  { selectionPolicy: VirtualMachinePoolSelectionPolicySchema.optional() },
);
export type VirtualMachinePoolProactiveUpdateStrategy = z.output<
  typeof VirtualMachinePoolProactiveUpdateStrategySchema
>;

export const VirtualMachinePoolUpdateStrategySchema = apiObject(
  'How a changed template reaches the machines; one member is set.',
  {
    opportunistic: presence().optional(),
    proactive: VirtualMachinePoolProactiveUpdateStrategySchema.optional(),
    unmanaged: presence().optional(),
  },
);
export type VirtualMachinePoolUpdateStrategy = z.output<typeof VirtualMachinePoolUpdateStrategySchema>;

export const VirtualMachinePoolAutohealingStrategySchema = apiObject(
  'When the pool replaces a machine that does not start.',
  {
    minFailingToStartDuration: duration()
      .describe('How long a machine is not ready before it counts as failing; 5m when absent.')
      .optional(),
    startUpFailureThreshold: uint32().min(1).describe('Failed starts in a row; 3 when absent.').optional(),
  },
);
export type VirtualMachinePoolAutohealingStrategy = z.output<
  typeof VirtualMachinePoolAutohealingStrategySchema
>;
