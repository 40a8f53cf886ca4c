import {
  resources,
  VirtualMachineInstancePresetSchema,
  VirtualMachineInstanceReplicaSetSchema,
  VirtualMachinePoolSchema,
} from '@virtkit/core-types';
import { denialOf } from '../../validation/denial.ts';
import {
  isSystemUser,
  poolFindings,
  presetFindings,
  replicaSetFindings,
  statusFindings,
} from '../../validation/index.ts';
import { readObject, readStored, resourceOf, type KindAdmission } from '../kind.ts';

const writes = ['CREATE', 'UPDATE'] as const;

/** Replica sets of instances. */
export const replicaSets: KindAdmission = {
  resource: resourceOf(resources.virtualMachineInstanceReplicaSets),
  validates: writes,
  validate({ operation, object }, { configuration }) {
    const read = readObject(VirtualMachineInstanceReplicaSetSchema, object, 'complete');
    if (!read.ok) return denialOf(read.findings);
    return denialOf(replicaSetFindings({ set: read.value, creating: operation === 'CREATE', configuration }));
  },
};

/** Their status: its form only. */
export const replicaSetStatus: KindAdmission = {
  resource: resourceOf(resources.virtualMachineInstanceReplicaSets),
  subresource: 'status',
  validates: writes,
  validate: ({ object }) => denialOf(statusFindings(VirtualMachineInstanceReplicaSetSchema, object)),
};

/** Pools of machines. */
export const pools: KindAdmission = {
  resource: resourceOf(resources.virtualMachinePools),
  validates: writes,
  validate({ object, oldObject, user }, { configuration }) {
    const read = readObject(VirtualMachinePoolSchema, object, 'members');
    if (!read.ok) return denialOf(read.findings);
    const before = readStored(VirtualMachinePoolSchema, oldObject);
    return denialOf(poolFindings({ pool: read.value, before, trusted: isSystemUser(user), configuration }));
  },
};

/** Presets of instances. */
export const presets: KindAdmission = {
  resource: resourceOf(resources.virtualMachineInstancePresets),
  validates: writes,
  validate({ object }) {
    const read = readObject(VirtualMachineInstancePresetSchema, object, 'complete');
    return denialOf(read.ok ? presetFindings(read.value) : read.findings);
  },
};
