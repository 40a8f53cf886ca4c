import type {
  VirtualMachine,
  VirtualMachineInstance,
  VirtualMachineStateChangeRequest as Request,
} from '@virtkit/core-types';
import { isFinal } from '../instance-phase.ts';
import { isDeleting } from '../runtime/finalizers.ts';

/** Whether the request asks to stop this very instance; one without uid or for another instance does not count. */
export function stopsInstance(request: Request | undefined, instance: VirtualMachineInstance): boolean {
  return request?.action === 'Stop' && request.uid !== undefined && request.uid === instance.metadata.uid;
}

/**
 * The requests without those at the head that are carried out: a stop whose instance is gone, a start whose instance
 * runs. Only the head ever counts, and after each removal the next one is the head.
 */
export function pendingRequests(
  machine: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
): readonly Request[] {
  const requests = machine.status?.stateChangeRequests ?? [];
  const next = requests.findIndex((request) => !isCarriedOut(request, instance));
  return next < 0 ? [] : requests.slice(next);
}

function isCarriedOut(request: Request, instance: VirtualMachineInstance | undefined): boolean {
  if (request.action === 'Stop') return instance === undefined || !stopsInstance(request, instance);
  if (request.action === 'Start') {
    return instance !== undefined && !isDeleting(instance) && !isFinal(instance);
  }
  return false;
}
