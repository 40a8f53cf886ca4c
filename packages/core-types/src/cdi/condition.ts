// Conditions of CDI kinds.
import * as z from 'zod';
import { conditionStatuses } from '../kubernetes/condition.ts';
import { apiObject } from '../schema/object.ts';
import { openEnum, time } from '../schema/scalars.ts';

export const CDIConditionSchema = apiObject('One aspect of the state of an object.', {
  lastHeartbeatTime: time().describe('When it was looked at last.').optional(),
  lastTransitionTime: time().describe('When `status` last changed.').optional(),
  message: z.string().describe('Details for people.').optional(),
  reason: z.string().describe('One CamelCase word for programs.').optional(),
  status: openEnum(conditionStatuses),
  type: z.string().describe('Name of the condition; unique in its list.'),
});
export type CDICondition = z.output<typeof CDIConditionSchema>;
