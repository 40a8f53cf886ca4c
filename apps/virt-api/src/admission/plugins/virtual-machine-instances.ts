import type { AdmissionPlugin, KubeObject } from '@virtkit/apiserver';
import {
  denialOf,
  defaultInstance,
  instanceCreateFindings,
  instanceUpdateFindings,
  isSystemUser,
  parseObject,
} from '@virtkit/admission';
import { jsonEqual, VirtualMachineInstanceSchema } from '@virtkit/core-types';
import { instanceGaps } from '../carried/instance.ts';

import { writesTo, type AdmissionContext } from './context.ts';

/** Completes and checks instances; afterwards their spec is fixed, and their status is for KubeVirt's components alone. */
export function virtualMachineInstanceAdmission(context: AdmissionContext): AdmissionPlugin {
  return {
    name: 'virtualmachineinstance.kubevirt.io',
    matches: writesTo('virtualMachineInstances'),
    async mutate({ object, oldObject, operation, user }) {
      const trusted = isSystemUser(user);
      if (operation === 'UPDATE') {
        return trusted || object === undefined || oldObject === undefined
          ? undefined
          : restoredStatus(object, oldObject);
      }
      const parsed = parseObject(VirtualMachineInstanceSchema, object);
      // What does not fit the schema is refused by validation, with its causes.
      if (!parsed.ok) return undefined;
      const completed = defaultInstance(parsed.value, {
        configuration: await context.configuration(),
        uuid: () => context.uuid(),
        now: context.now(),
        trusted,
      });
      if (!completed.ok) return { denied: completed.denied, warnings: [] };
      return { object: completed.object as KubeObject, warnings: completed.warnings };
    },
    async validate({ object, oldObject, operation, user }) {
      const parsed = parseObject(VirtualMachineInstanceSchema, object);
      if (!parsed.ok) return denialOf(parsed.findings);
      const instance = parsed.value;
      const trusted = isSystemUser(user);
      if (operation === 'UPDATE') {
        const before = parseObject(VirtualMachineInstanceSchema, oldObject);
        // A stored object that no longer fits its schema can only be repaired.
        if (!before.ok) return undefined;
        const configuration = await context.configuration();
        return denialOf(
          instanceUpdateFindings({ before: before.value, after: instance, user, configuration }),
        );
      }
      const configuration = await context.configuration();
      const { metadata, spec } = instance;
      const findings = instanceCreateFindings({ metadata, spec, trusted, configuration });
      return denialOf([...findings, ...instanceGaps(spec, 'spec', findings)]);
    },
  };
}

/** KubeVirt has no status subresource for instances: what others write to the status is undone without a word. */
function restoredStatus(object: KubeObject, before: KubeObject): { object: KubeObject } | undefined {
  if (jsonEqual(object.status, before.status)) return undefined;
  const { status: _written, ...rest } = object;
  return {
    object: {
      ...rest,
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: object.metadata,
      ...(before.status === undefined ? {} : { status: before.status }),
    },
  };
}
