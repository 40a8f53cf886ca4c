import {
  conditionReasons,
  instanceConditions,
  removeCondition,
  setCondition,
  type VirtualMachineInstance,
  type Condition,
} from '@virtkit/core-types';
import type { GuestInfo, Observed } from '@virtkit/hal';

/** Commands that an agent must know to count as supported (KubeVirt domain facts, guest agent). */
const requiredAgentCommands = [
  'guest-ping',
  'guest-get-time',
  'guest-info',
  'guest-shutdown',
  'guest-network-get-interfaces',
  'guest-get-fsinfo',
  'guest-get-host-name',
  'guest-get-users',
  'guest-get-timezone',
  'guest-get-osinfo',
];

export interface ConditionInput {
  instance: VirtualMachineInstance;
  observed: Observed | undefined;
  guest: GuestInfo | undefined;
  /** Why the last attempt to bring the machine about failed. */
  failure: string | undefined;
  /** RFC 3339. */
  now: string;
}

/** The instance's conditions with those of virt-handler brought up to date; the others are left alone. */
export function projectConditions({ instance, observed, guest, failure, now }: ConditionInput): Condition[] {
  let conditions: Condition[] = instance.status?.conditions ?? [];
  const set = (type: string, status: 'True' | 'False', reason?: string, message?: string): void => {
    conditions = setCondition(
      conditions,
      {
        type,
        status,
        ...(reason === undefined ? {} : { reason }),
        ...(message === undefined ? {} : { message }),
      },
      { now },
    );
  };
  const remove = (type: string): void => {
    conditions = removeCondition(conditions, type);
  };

  if (failure === undefined) remove(instanceConditions.synchronized);
  else set(instanceConditions.synchronized, 'False', conditionReasons.synchronizingFailed, failure);
  if (observed === undefined) return conditions;

  const paused = pausedCondition(observed);
  if (paused === undefined) remove(instanceConditions.paused);
  else if (paused !== 'keep') set(instanceConditions.paused, 'True', paused.reason, paused.message);

  if (observed.guestAgent.connected) {
    set(instanceConditions.agentConnected, 'True');
    if (guest !== undefined) {
      const missing = requiredAgentCommands.filter((command) => !guest.supportedCommands.includes(command));
      if (missing.length === 0) remove(instanceConditions.agentVersionNotSupported);
      else
        set(
          instanceConditions.agentVersionNotSupported,
          'True',
          "This guest agent doesn't support required basic commands",
          `missing: ${missing.join(', ')}`,
        );
    }
  } else remove(instanceConditions.agentConnected);

  const migratable = 'live migration is not carried by this version of Virtkit';
  set(instanceConditions.liveMigratable, 'False', conditionReasons.notMigratable, migratable);
  set(instanceConditions.storageLiveMigratable, 'False', conditionReasons.notMigratable, migratable);
  return conditions;
}

/** `keep`: paused for a reason that has no condition of its own and replaces none. */
function pausedCondition({ state }: Observed): { reason: string; message: string } | 'keep' | undefined {
  if (state.kind !== 'paused') return undefined;
  switch (state.reason) {
    case 'user':
    case 'starting':
      return { reason: conditionReasons.pausedByUser, message: 'paused on request' };
    case 'io-error':
      return { reason: conditionReasons.pausedIOError, message: 'paused because a disk failed' };
    case 'migration':
    case 'watchdog':
    case 'post-copy-failed':
    case 'snapshot':
    case 'other':
      return 'keep';
  }
}
