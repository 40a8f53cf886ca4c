import type { FailureReason, MachineEffect } from './plan.ts';

/** Whether an effect is a write of the machine itself, after which the version that was observed is stale. */
export function writesMachine({ kind }: MachineEffect): boolean {
  return [
    'mark-machine',
    'set-always',
    'identify-machine',
    'change-template',
    'store-references',
    'expand-machine',
  ].includes(kind);
}

/** The reason that the machine's condition `Failure` gives when an effect fails. */
export function failureReason(effect: MachineEffect): FailureReason {
  switch (effect.kind) {
    case 'start-instance':
    case 'store-references':
    case 'expand-machine':
      return 'FailedCreate';
    case 'delete-instance':
      return 'FailedDelete';
    case 'identify-machine':
      return 'FirmwareUUIDError';
    case 'change-template':
    case 'annotate-claim':
      return 'MemoryDumpError';
    default:
      return 'FailedUpdateError';
  }
}
