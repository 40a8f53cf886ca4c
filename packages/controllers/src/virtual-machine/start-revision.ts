import {
  annotations,
  jsonEqual,
  type VirtualMachine,
  type VirtualMachineInstance,
  type VirtualMachineInstanceTemplateSpec,
  type VirtualMachineSpec,
} from '@virtkit/core-types';
import { controllerRevisions, machineType, typeOf, type ControllerRevision } from '../kinds.ts';
import { controllerReference } from '../runtime/object-key.ts';

function prefix(machine: VirtualMachine): string {
  return `revision-start-vm-${machine.metadata.uid ?? ''}-`;
}

/** Name of the copy that a start at the machine's present generation makes or reuses. */
export function startRevisionName(machine: VirtualMachine): string {
  return `${prefix(machine)}${machine.metadata.generation ?? 0}`;
}

/** The copy of the machine's spec to keep while the instance runs. @throws ControllerError when the machine has no uid */
export function buildStartRevision(machine: VirtualMachine): ControllerRevision {
  return {
    ...typeOf(controllerRevisions),
    metadata: {
      name: startRevisionName(machine),
      namespace: machine.metadata.namespace,
      ownerReferences: [controllerReference(machine, machineType)],
    },
    revision: machine.metadata.generation ?? 0,
    data: { spec: withRevisionNames(machine) },
  };
}

/** What the machine refers to may change or go; its copies are what the instance was started from. */
function withRevisionNames({ spec, status }: VirtualMachine): VirtualMachineSpec {
  const instancetype = status?.instancetypeRef?.controllerRevisionRef?.name;
  const preference = status?.preferenceRef?.controllerRevisionRef?.name;
  return {
    ...spec,
    ...(spec.instancetype !== undefined && instancetype !== undefined
      ? { instancetype: { ...spec.instancetype, revisionName: instancetype } }
      : {}),
    ...(spec.preference !== undefined && preference !== undefined
      ? { preference: { ...spec.preference, revisionName: preference } }
      : {}),
  };
}

/** The start revisions of the machine among those that it owns, newest first. */
export function startRevisions(
  machine: VirtualMachine,
  owned: readonly ControllerRevision[],
): readonly ControllerRevision[] {
  return owned
    .filter(({ metadata }) => metadata.name?.startsWith(prefix(machine)) === true)
    .sort((a, b) => b.revision - a.revision);
}

/** The template kept in a start revision. */
function templateOf(revision: ControllerRevision): VirtualMachineInstanceTemplateSpec | undefined {
  return revision.data?.spec?.template;
}

/** Whether the machine's template is still the one that the instance was started from. */
export function isTemplateUnchanged(
  machine: VirtualMachine,
  revisions: readonly ControllerRevision[],
): boolean {
  const newest = revisions[0];
  return newest !== undefined && jsonEqual(templateOf(newest), machine.spec.template);
}

/** The machine's generation that the instance stands for: its annotation, else the tail of its revision's name. */
export function observedGeneration(instance: VirtualMachineInstance): number | undefined {
  const fromName = instance.status?.virtualMachineRevisionName?.split('-').at(-1);
  const text = instance.metadata.annotations?.[annotations.machineGeneration] ?? fromName;
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
