import {
  resources,
  VirtualMachineInstancetypeSchema,
  VirtualMachinePreferenceSchema,
  type ResourceDefinition,
} from '@virtkit/core-types';
import { denialOf } from '../../validation/denial.ts';
import { applyRules } from '../../validation/index.ts';
import {
  instancetypeRules,
  instancetypeWarnings,
  preferenceRules,
  preferenceWarnings,
} from '../../validation/instancetype/index.ts';
import { readObject, resourceOf, type KindAdmission } from '../kind.ts';

const writes = ['CREATE', 'UPDATE'] as const;

/** Instance types of a namespace and of the cluster. */
export const instancetypes: readonly KindAdmission[] = [
  resources.virtualMachineInstancetypes,
  resources.virtualMachineClusterInstancetypes,
].map((definition: ResourceDefinition<unknown>): KindAdmission => ({
  resource: resourceOf(definition),
  validates: writes,
  validate({ object }) {
    const read = readObject(VirtualMachineInstancetypeSchema, object, 'members');
    if (!read.ok) return denialOf(read.findings);
    const { spec } = read.value;
    return denialOf(applyRules(instancetypeRules, { spec }), instancetypeWarnings({ spec }));
  },
}));

/** Preferences of a namespace and of the cluster. */
export const preferences: readonly KindAdmission[] = [
  resources.virtualMachinePreferences,
  resources.virtualMachineClusterPreferences,
].map((definition: ResourceDefinition<unknown>): KindAdmission => ({
  resource: resourceOf(definition),
  validates: writes,
  validate({ object }) {
    const read = readObject(VirtualMachinePreferenceSchema, object, 'members');
    if (!read.ok) return denialOf(read.findings);
    const { spec } = read.value;
    return denialOf(applyRules(preferenceRules, { spec }), preferenceWarnings({ spec }));
  },
}));
