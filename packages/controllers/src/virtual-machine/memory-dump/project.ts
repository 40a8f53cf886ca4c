import { annotations, type VirtualMachineMemoryDumpRequest } from '@virtkit/core-types';
import { formatTime } from '../../runtime/clock.ts';
import type { MachineObservation } from '../observation.ts';
import { hasDumpVolume } from './association.ts';
import { claimAnnotation, liveInstance } from './plan.ts';

/** `status.memoryDumpRequest` after a pass; the phases are at the head of `plan.ts`. */
export function projectMemoryDumpRequest(
  observation: MachineObservation,
): VirtualMachineMemoryDumpRequest | undefined {
  const request = observation.machine.status?.memoryDumpRequest;
  if (request === undefined) return undefined;
  const inTemplate = hasDumpVolume(observation.machine.spec.template.spec, request);
  const inInstance = hasDumpVolume(liveInstance(observation)?.spec, request);
  switch (request.phase) {
    case 'Associating':
      return inTemplate && inInstance ? { ...request, phase: 'InProgress' } : request;
    case 'InProgress':
      return projectProgress(observation, request);
    case 'Unmounting':
      return inInstance || entryOf(observation, request) !== undefined || !isAnnotated(observation, request)
        ? request
        : { ...request, phase: 'Completed' };
    case 'Dissociating':
      return inTemplate || inInstance ? request : undefined;
    default:
      return request;
  }
}

function projectProgress(
  observation: MachineObservation,
  request: VirtualMachineMemoryDumpRequest,
): VirtualMachineMemoryDumpRequest {
  if (liveInstance(observation) === undefined)
    return {
      ...request,
      phase: 'Failed',
      message: 'the machine ended before its memory was dumped',
      endTimestamp: formatTime(observation.now),
    };
  const entry = entryOf(observation, request);
  const { targetFileName: fileName, startTimestamp, endTimestamp } = entry?.memoryDumpVolume ?? {};
  const told = {
    ...request,
    ...(fileName !== undefined && { fileName }),
    ...(startTimestamp !== undefined && { startTimestamp }),
    ...(endTimestamp !== undefined && { endTimestamp }),
  };
  if (entry?.phase === 'MemoryDumpCompleted') return { ...told, phase: 'Unmounting' };
  if (entry?.phase === 'MemoryDumpFailed')
    return { ...told, phase: 'Failed', ...(entry.message !== undefined && { message: entry.message }) };
  return request;
}

function entryOf(observation: MachineObservation, { claimName }: VirtualMachineMemoryDumpRequest) {
  const entries = liveInstance(observation)?.status?.volumeStatus ?? [];
  return entries.find(({ name }) => name === claimName);
}

/** A claim that is gone has nothing to say. */
function isAnnotated({ dumpClaim }: MachineObservation, request: VirtualMachineMemoryDumpRequest): boolean {
  return (
    dumpClaim === undefined ||
    dumpClaim.metadata.annotations?.[annotations.memoryDump] === claimAnnotation(request)
  );
}
