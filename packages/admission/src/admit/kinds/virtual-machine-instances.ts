import { resources, VirtualMachineInstanceSchema } from '@virtkit/core-types';
import { defaultInstance, restoredStatus } from '../../defaults/index.ts';
import { denialOf } from '../../validation/denial.ts';
import { instanceCreateFindings, instanceUpdateFindings, isSystemUser } from '../../validation/index.ts';
import {
  passed,
  readableStored,
  readObject,
  refusedMutation,
  replacing,
  resourceOf,
  unchanged,
  type KindAdmission,
} from '../kind.ts';
import { lookUp } from '../look-up.ts';
import { namespaceOf } from '../request.ts';
import { withoutEmptyLists } from './empty-lists.ts';

const writes = ['CREATE', 'UPDATE'] as const;

/** Instances: complete when created; afterwards their spec is KubeVirt's to change, and their status too. */
export const virtualMachineInstances: KindAdmission = {
  resource: resourceOf(resources.virtualMachineInstances),
  mutates: writes,
  validates: writes,
  async mutate(request, context) {
    const { configuration, lookups } = context;
    const read = readObject(VirtualMachineInstanceSchema, request.object, 'complete');
    if (!read.ok) return refusedMutation(read.findings);
    const trusted = isSystemUser(request.user);
    if (request.operation === 'UPDATE') {
      const before = readableStored(VirtualMachineInstanceSchema, request.oldObject);
      const restored = before && restoredStatus(before, read.value, trusted);
      return restored === undefined ? unchanged : replacing({ status: restored.status ?? {} }, ['status']);
    }
    const presets = await lookUp(() => lookups.presets(namespaceOf(request)));
    const uuid = (): string => context.uuid();
    const input = { configuration, uuid, now: context.now(), trusted, presets };
    const completed = defaultInstance(read.value, input);
    if (!completed.ok) return completed;
    const written = { ...completed.object, spec: withoutEmptyLists(completed.object.spec) };
    return replacing(written, ['spec', 'metadata', 'status'], completed.warnings);
  },
  validate({ operation, object, oldObject, user }, { configuration }) {
    const read = readObject(VirtualMachineInstanceSchema, object, 'complete');
    if (!read.ok) return denialOf(read.findings);
    if (operation === 'UPDATE') {
      const before = readableStored(VirtualMachineInstanceSchema, oldObject);
      // A stored object that no longer fits its schema can only be repaired.
      if (before === undefined) return passed;
      return denialOf(instanceUpdateFindings({ before, after: read.value, user, configuration }));
    }
    const { metadata, spec } = read.value;
    return denialOf(instanceCreateFindings({ metadata, spec, trusted: isSystemUser(user), configuration }));
  },
};
