import {
  conditionReasons,
  getCondition,
  instanceConditions,
  removeCondition,
  setCondition,
  type Condition,
  type VirtualMachineInstanceSpec,
} from '@virtkit/core-types';
import type { GuestInfo, Observed } from '@virtkit/hal';

export interface ConditionInput {
  spec: VirtualMachineInstanceSpec;
  observed: Observed | undefined;
  guest: GuestInfo | undefined;
  /** Why the machine could not be brought to what the spec says, in the last attempt. */
  failure: string | undefined;
  previous: readonly Condition[];
  /** RFC 3339. */
  now: string;
}

/** Commands without which a guest agent is of no use (KubeVirt: required basic commands). */
export const requiredAgentCommands: readonly string[] = [
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

const noMigration = 'running machines are not migrated yet';

/** The conditions of which virt-handler is the author; all others are kept. */
export function projectConditions(input: ConditionInput): Condition[] {
  const steps = [paused, agentConnected, agentVersion, migratable, synchronized];
  return steps.reduce<Condition[]>((conditions, step) => step(conditions, input), [...input.previous]);
}

function paused(conditions: Condition[], { observed, spec, now }: ConditionInput): Condition[] {
  const type = instanceConditions.paused;
  if (observed?.state.kind !== 'paused') return removeCondition(conditions, type);
  // A pause keeps the reason it began with.
  if (getCondition(conditions, type) !== undefined) return conditions;
  const add = (reason: string, message: string): Condition[] =>
    setCondition(conditions, { type, status: 'True', reason, message, lastProbeTime: now }, { now });
  switch (observed.state.reason) {
    case 'user':
      return add(conditionReasons.pausedByUser, 'VMI was paused by user');
    case 'io-error':
      return add(conditionReasons.pausedIOError, 'VMI was paused, low-level IO error detected');
    case 'starting':
      // Defined without letting the guest run: it waits for the user to unpause it.
      return spec.startStrategy === 'Paused'
        ? add(conditionReasons.pausedByUser, 'VMI was paused by user')
        : conditions;
    case 'watchdog':
    case 'migration':
    case 'post-copy-failed':
    case 'snapshot':
    case 'other':
      return conditions;
  }
}

function agentConnected(conditions: Condition[], { observed, now }: ConditionInput): Condition[] {
  const type = instanceConditions.agentConnected;
  if (observed?.guestAgent.connected !== true) return removeCondition(conditions, type);
  if (getCondition(conditions, type)?.status === 'True') return conditions;
  return setCondition(conditions, { type, status: 'True', lastProbeTime: now }, { now });
}

function agentVersion(conditions: Condition[], { observed, guest, now }: ConditionInput): Condition[] {
  const type = instanceConditions.agentVersionNotSupported;
  if (observed?.guestAgent.connected !== true || guest === undefined) return conditions;
  const missing = requiredAgentCommands.filter((command) => !guest.supportedCommands.includes(command));
  if (missing.length === 0) return removeCondition(conditions, type);
  const reason = "This guest agent doesn't support required basic commands";
  const message = `missing: ${missing.join(', ')}`;
  return setCondition(conditions, { type, status: 'True', reason, message, lastProbeTime: now }, { now });
}

function migratable(conditions: Condition[], _input: ConditionInput): Condition[] {
  const reason = conditionReasons.notMigratable;
  const no = (type: string, message: string): Condition => ({ type, status: 'False', reason, message });
  const live = setCondition(conditions, no(instanceConditions.liveMigratable, noMigration));
  return setCondition(live, no(instanceConditions.storageLiveMigratable, `${reason}: ${noMigration}`));
}

function synchronized(conditions: Condition[], { failure, now }: ConditionInput): Condition[] {
  const type = instanceConditions.synchronized;
  if (failure === undefined) return removeCondition(conditions, type);
  const reason = conditionReasons.synchronizingFailed;
  return setCondition(
    conditions,
    { type, status: 'False', reason, message: failure, lastProbeTime: now },
    { now },
  );
}
