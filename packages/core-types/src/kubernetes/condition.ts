import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { int64, openEnum, time } from '../schema/scalars.ts';

/** The three values of a condition's `status`. */
export const conditionStatuses = ['True', 'False', 'Unknown'] as const;
export type ConditionStatus = (typeof conditionStatuses)[number];

/** A condition as KubeVirt kinds and pods carry it; the times may be null. */
export const ConditionSchema = apiObject('One aspect of the state of an object.', {
  type: z.string().describe('Name of the condition; unique in its list.'),
  status: openEnum(conditionStatuses),
  reason: z.string().describe('One CamelCase word for programs.').optional(),
  message: z.string().describe('Details for people.').optional(),
  lastProbeTime: time().nullable().optional(),
  lastTransitionTime: time().nullable().describe('When `status` last changed.').optional(),
});
export type Condition = z.output<typeof ConditionSchema>;

/** A condition as newer kinds carry it: all members but the generation are always there. */
export const StandardConditionSchema = apiObject('One aspect of the state of an object.', {
  type: z.string().max(316).describe('Name of the condition; unique in its list.'),
  status: z.enum(conditionStatuses),
  reason: z.string().min(1).max(1024).describe('One CamelCase word for programs.'),
  message: z.string().max(32_768).describe('Details for people.'),
  lastProbeTime: time().nullable().optional(),
  lastTransitionTime: time().nullable().describe('When `status` last changed.'),
  observedGeneration: int64()
    .min(0)
    .describe('Generation of the object that the condition is about.')
    .optional(),
});
export type StandardCondition = z.output<typeof StandardConditionSchema>;
