import type { ApiServerError } from '@virtkit/apiserver';
import {
  getCondition,
  instanceConditions,
  isConditionTrue,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { conflict, refusal } from './refusal.ts';

// Reasons why an instance is not in a state for an operation, in KubeVirt's order of looking.

const kind = 'virtualMachineInstances';
const nameOf = ({ metadata }: VirtualMachineInstance): string => metadata.name ?? '';
const has = ({ status }: VirtualMachineInstance, condition: string): boolean =>
  getCondition(status?.conditions, condition) !== undefined;

/** A reason to refuse; undefined when there is none. */
export type Problem = ApiServerError | undefined;

/** 409 unless the guest runs. */
export const running = (instance: VirtualMachineInstance): Problem =>
  instance.status?.phase === 'Running' ? undefined : conflict(kind, nameOf(instance), 'it does not run');

/** 400 unless the guest runs: clients try again, as with a console of a machine that is about to start. */
const runningYet = (instance: VirtualMachineInstance): Problem =>
  instance.status?.phase === 'Running'
    ? undefined
    : refusal('BadRequest', kind, nameOf(instance), 'it does not run');

/** Why the guest's agent cannot be asked. */
export const agentProblem = (instance: VirtualMachineInstance): Problem =>
  running(instance) ??
  (has(instance, instanceConditions.agentConnected)
    ? undefined
    : conflict(kind, nameOf(instance), 'no guest agent is connected'));

/** Why an instance cannot be paused. */
export function pauseProblem(instance: VirtualMachineInstance): Problem {
  const notRunning = running(instance);
  if (notRunning !== undefined) return notRunning;
  const { livenessProbe } = instance.spec;
  if (livenessProbe !== undefined && livenessProbe.guestAgentPing === undefined)
    return refusal('Forbidden', kind, nameOf(instance), 'its liveness probe would end it while it is paused');
  return has(instance, instanceConditions.paused)
    ? conflict(kind, nameOf(instance), 'it is paused already')
    : undefined;
}

/** Why an instance cannot go on; that its machine is being copied is for the caller to look up. */
export function unpauseProblem(instance: VirtualMachineInstance): Problem {
  const notRunning = running(instance);
  if (notRunning !== undefined) return notRunning;
  return has(instance, instanceConditions.paused)
    ? undefined
    : conflict(kind, nameOf(instance), 'it is not paused');
}

/** Why a guest cannot be asked to start anew. */
export function rebootProblem(instance: VirtualMachineInstance): Problem {
  const notRunning = running(instance);
  if (notRunning !== undefined) return notRunning;
  if (isConditionTrue(instance.status?.conditions, instanceConditions.paused))
    return conflict(kind, nameOf(instance), 'it is paused');
  const acpi = instance.spec.domain.features?.acpi?.enabled !== false;
  return acpi || has(instance, instanceConditions.agentConnected)
    ? undefined
    : conflict(kind, nameOf(instance), 'it has neither ACPI nor a guest agent to tell it');
}

/** Why an instance has no display to look at. */
export function displayProblem(instance: VirtualMachineInstance): Problem {
  return instance.spec.domain.devices.autoattachGraphicsDevice === false
    ? refusal('BadRequest', kind, nameOf(instance), 'it has no graphics device')
    : runningYet(instance);
}

/** Why an instance has no console to connect to. */
export function consoleProblem(instance: VirtualMachineInstance): Problem {
  if (instance.spec.domain.devices.autoattachSerialConsole === false)
    return refusal('BadRequest', kind, nameOf(instance), 'it has no serial console');
  return instance.status?.phase === 'Failed'
    ? conflict(kind, nameOf(instance), 'it has failed')
    : runningYet(instance);
}

/** Why no USB device of the user can be plugged into an instance. */
export function usbRedirectionProblem(instance: VirtualMachineInstance): Problem {
  if (instance.spec.architecture === 's390x')
    return conflict(kind, nameOf(instance), 'its architecture, s390x, has no USB');
  return instance.spec.domain.devices.clientPassthrough === undefined
    ? conflict(kind, nameOf(instance), 'it has no USB redirection (clientPassthrough)')
    : runningYet(instance);
}

/** Why an instance has no socket to connect to from its host. */
export function vsockProblem(instance: VirtualMachineInstance): Problem {
  return instance.spec.domain.devices.autoattachVSOCK === true
    ? undefined
    : refusal('BadRequest', kind, nameOf(instance), 'it has no VSOCK device');
}

/** Why the blocks that a guest changed are not known. */
export function checkpointProblem(instance: VirtualMachineInstance): Problem {
  return instance.status?.changedBlockTracking?.state === 'Enabled'
    ? undefined
    : conflict(kind, nameOf(instance), 'its changed blocks are not tracked');
}
