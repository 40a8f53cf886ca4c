import type { AdmissionPlugin, KubeObject } from '@virtkit/apiserver';
import {
  applyRules,
  denialOf,
  defaultVirtualMachine,
  isSystemUser,
  machineFindings,
  parseObject,
} from '@virtkit/admission';
import { VirtualMachineSchema } from '@virtkit/core-types';
import { machineGaps, machineGapRules } from '../carried/machine.ts';

import { writesTo, type AdmissionContext } from './context.ts';

const deprecation = 'spec.running is deprecated: use spec.runStrategy';

/** Completes and checks virtual machines. Those that are being deleted pass, so that their finalizers can be removed. */
export function virtualMachineAdmission(context: AdmissionContext): AdmissionPlugin {
  return {
    name: 'virtualmachine.kubevirt.io',
    matches: writesTo('virtualMachines'),
    async mutate({ object, operation }) {
      const parsed = parseObject(VirtualMachineSchema, object);
      // What does not fit the schema is refused by validation, with its causes.
      if (!parsed.ok || isDeleted(object)) return undefined;
      const completed = defaultVirtualMachine(parsed.value, {
        configuration: await context.configuration(),
        uuid: () => context.uuid(),
        creating: operation === 'CREATE',
      });
      return { object: completed as KubeObject };
    },
    async validate({ object, oldObject, user }) {
      if (isDeleted(object)) return undefined;
      const parsed = parseObject(VirtualMachineSchema, object);
      if (!parsed.ok) return denialOf(parsed.findings);
      const before = oldObject === undefined ? undefined : parseObject(VirtualMachineSchema, oldObject);
      const subject = {
        machine: parsed.value,
        before: before?.ok === true ? before.value : undefined,
        trusted: isSystemUser(user),
        configuration: await context.configuration(),
      };
      const findings = machineFindings(subject);
      return denialOf(
        [...findings, ...machineGaps(subject, findings)],
        parsed.value.spec.running === undefined ? [] : [deprecation],
      );
    },
  };
}

/** Checks what is written to the status of virtual machines. */
export function virtualMachineStatusAdmission(context: AdmissionContext): AdmissionPlugin {
  return {
    name: 'status.virtualmachine.kubevirt.io',
    matches: writesTo('virtualMachines', 'status'),
    async validate({ object, user }) {
      const parsed = parseObject(VirtualMachineSchema, object);
      if (!parsed.ok) return denialOf(parsed.findings);
      const subject = {
        machine: parsed.value,
        before: undefined,
        trusted: isSystemUser(user),
        configuration: await context.configuration(),
      };
      const ofStatus = machineGapRules.filter(({ id }) => id === 'VK-VOLUME-REQUESTS');
      return denialOf(applyRules(ofStatus, subject));
    },
  };
}

function isDeleted(object: KubeObject | undefined): boolean {
  return object?.metadata.deletionTimestamp !== undefined;
}
