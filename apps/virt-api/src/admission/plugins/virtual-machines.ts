import type { AdmissionPlugin, KubeObject } from '@virtkit/apiserver';
import {
  applyRules,
  denialOf,
  defaultVirtualMachine,
  isSystemUser,
  type ClusterConfiguration,
  defaultInstanceSpec,
  machineFindings,
  machineWarnings,
  parseObject,
  withSystemMetadata,
} from '@virtkit/admission';
import { finalizers, VirtualMachineSchema, type VirtualMachine } from '@virtkit/core-types';
import { machineGaps, machineGapRules } from '../carried/machine.ts';

import { writesTo, type AdmissionContext } from './context.ts';

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
      const metadata = withSystemMetadata(completed.metadata, finalizers.machine);
      return { object: { ...completed, metadata } as KubeObject };
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
      const findings = machineFindings({
        ...subject,
        effective: withInstanceDefaults(subject.machine, subject.configuration),
        instance: undefined,
        now: context.now(),
      });
      return denialOf([...findings, ...machineGaps(subject, findings)], machineWarnings(subject.machine));
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

/** The machine with the defaults that its instances will get, as its template is judged. */
function withInstanceDefaults(machine: VirtualMachine, configuration: ClusterConfiguration): VirtualMachine {
  const { template } = machine.spec;
  if (template.spec === undefined) return machine;
  const spec = defaultInstanceSpec(template.spec, configuration);
  return { ...machine, spec: { ...machine.spec, template: { ...template, spec } } };
}
