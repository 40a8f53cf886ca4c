import type {
  JsonPatchOperation,
  VirtualMachine,
  VirtualMachineInstance,
  VirtualMachineStateChangeRequest,
} from '@virtkit/core-types';
import { refused, type Decision } from './decision.ts';

/** Changes when the machine runs, in whichever way its spec says so (KubeVirt subresources, run patch). */
export function runPatch({ spec }: VirtualMachine, run: boolean): Decision {
  const [path, before, after] =
    spec.runStrategy === undefined
      ? (['/spec/running', spec.running, run] as const)
      : (['/spec/runStrategy', spec.runStrategy, run ? 'Always' : 'Halted'] as const);
  const test: JsonPatchOperation[] = before === undefined ? [] : [{ op: 'test', path, value: before }];
  return {
    kind: 'patch',
    part: 'spec',
    operations: [...test, { op: before === undefined ? 'add' : 'replace', path, value: after }],
  };
}

export const startRequest = (paused = false): VirtualMachineStateChangeRequest =>
  paused ? { action: 'Start', data: { paused: 'true' } } : { action: 'Start' };

export const stopRequest = ({ metadata }: VirtualMachineInstance): VirtualMachineStateChangeRequest =>
  metadata.uid === undefined ? { action: 'Stop' } : { action: 'Stop', uid: metadata.uid };

const list = '/status/stateChangeRequests';

/**
 * Leaves requests for the controller (KubeVirt subresources, state-change patch). Requests that wait already are in the way,
 * except for a lone stop, which replaces them. Where there is no list to test, the whole object is tested by its version.
 */
export function requestPatch(
  { metadata, status }: VirtualMachine,
  requests: readonly VirtualMachineStateChangeRequest[],
  gracePeriodSeconds?: number,
): Decision {
  const present = status?.stateChangeRequests ?? [];
  const loneStop = requests.length === 1 && requests[0]?.action === 'Stop';
  if (present.length > 0 && !loneStop)
    return refused('a start or stop is under way already', 'InternalError');
  const test: JsonPatchOperation =
    status?.stateChangeRequests === undefined
      ? { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion }
      : { op: 'test', path: list, value: present };
  return {
    kind: 'patch',
    part: 'status',
    operations: [test, ...writes(status, requests)],
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
  };
}

function writes(
  status: VirtualMachine['status'],
  requests: readonly VirtualMachineStateChangeRequest[],
): JsonPatchOperation[] {
  if (status === undefined || status === null)
    return [{ op: 'add', path: '/status', value: { stateChangeRequests: requests } }];
  const failure: JsonPatchOperation[] =
    status.startFailure === undefined ? [] : [{ op: 'remove', path: '/status/startFailure' }];
  return [{ op: 'add', path: list, value: requests }, ...failure];
}
