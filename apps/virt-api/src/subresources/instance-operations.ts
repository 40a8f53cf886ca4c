import { instanceConditions, isConditionTrue, type VirtualMachineInstance } from '@virtkit/core-types';
import type { ApiServerError } from '@virtkit/apiserver';
import { conflict, refusal } from './refusal.ts';

/** An operation that the node agent carries out on an instance. */
export interface InstanceOperation {
  readonly method: 'GET' | 'PUT';
  /** The reason why the instance is not in a state for it. */
  precondition(instance: VirtualMachineInstance): ApiServerError | undefined;
}

const kind = 'virtualMachineInstances';
const nameOf = ({ metadata }: VirtualMachineInstance): string => metadata.name ?? '';
const has = ({ status }: VirtualMachineInstance, condition: string): boolean =>
  isConditionTrue(status?.conditions, condition);

const running = (instance: VirtualMachineInstance): ApiServerError | undefined =>
  instance.status?.phase === 'Running' ? undefined : conflict(kind, nameOf(instance), 'it does not run');

const agent = (instance: VirtualMachineInstance): ApiServerError | undefined =>
  running(instance) ??
  (has(instance, instanceConditions.agentConnected)
    ? undefined
    : conflict(kind, nameOf(instance), 'no guest agent is connected'));

const question = (precondition: InstanceOperation['precondition']): InstanceOperation => ({
  method: 'GET',
  precondition,
});
const order = (precondition: InstanceOperation['precondition']): InstanceOperation => ({
  method: 'PUT',
  precondition,
});

/** Operations by the rest of their path (KubeVirt subresources, VirtualMachineInstance endpoints). */
export const instanceOperations: ReadonlyMap<string, InstanceOperation> = new Map([
  ['pause', order((instance) => running(instance) ?? cannotPause(instance))],
  [
    'unpause',
    order((instance) => running(instance) ?? (isPaused(instance) ? undefined : notPaused(instance))),
  ],
  ['softreboot', order((instance) => running(instance) ?? cannotReboot(instance))],
  ['reset', order(() => undefined)],
  ['guestosinfo', question(agent)],
  ['userlist', question(agent)],
  ['filesystemlist', question(agent)],
  ['vnc/screenshot', question(displayProblem)],
]);

const isPaused = (instance: VirtualMachineInstance): boolean => has(instance, instanceConditions.paused);

function cannotPause(instance: VirtualMachineInstance): ApiServerError | undefined {
  const { livenessProbe } = instance.spec;
  if (livenessProbe !== undefined && livenessProbe.guestAgentPing === undefined)
    return refusal('Forbidden', kind, nameOf(instance), 'its liveness probe would end it while it is paused');
  return isPaused(instance) ? conflict(kind, nameOf(instance), 'it is paused already') : undefined;
}

function notPaused(instance: VirtualMachineInstance): ApiServerError {
  return conflict(kind, nameOf(instance), 'it is not paused');
}

function cannotReboot(instance: VirtualMachineInstance): ApiServerError | undefined {
  if (isPaused(instance)) return conflict(kind, nameOf(instance), 'it is paused');
  const acpi = instance.spec.domain.features?.acpi?.enabled !== false;
  return acpi || has(instance, instanceConditions.agentConnected)
    ? undefined
    : conflict(kind, nameOf(instance), 'it has neither ACPI nor a guest agent to tell it');
}

const notRunning = (instance: VirtualMachineInstance): ApiServerError | undefined =>
  instance.status?.phase === 'Running'
    ? undefined
    : refusal('BadRequest', kind, nameOf(instance), 'it does not run');

/** Why an instance has no display to look at. */
export function displayProblem(instance: VirtualMachineInstance): ApiServerError | undefined {
  return instance.spec.domain.devices.autoattachGraphicsDevice === false
    ? refusal('BadRequest', kind, nameOf(instance), 'it has no graphics device')
    : notRunning(instance);
}

/** Why an instance has no console to connect to. */
export function consoleProblem(instance: VirtualMachineInstance): ApiServerError | undefined {
  if (instance.spec.domain.devices.autoattachSerialConsole === false)
    return refusal('BadRequest', kind, nameOf(instance), 'it has no serial console');
  return instance.status?.phase === 'Failed'
    ? conflict(kind, nameOf(instance), 'it has failed')
    : notRunning(instance);
}
