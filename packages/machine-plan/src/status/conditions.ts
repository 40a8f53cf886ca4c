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
  /** How the guest took its users' keys and passwords; undefined while it was told none. */
  credentials?: { synchronized: boolean; message?: string } | undefined;
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

const publicKeyCommands = ['guest-ssh-add-authorized-keys'];
const passwordCommands = ['guest-set-user-password'];

/** What an instance needs of its agent, by the kind that KubeVirt names in the condition's reason. */
function requiredCommands({
  accessCredentials = [],
}: VirtualMachineInstanceSpec): { kind: string; commands: readonly string[] }[] {
  const keys = accessCredentials.some(({ sshPublicKey }) => sshPublicKey?.propagationMethod.qemuGuestAgent);
  const passwords = accessCredentials.some(
    ({ userPassword }) => userPassword?.propagationMethod.qemuGuestAgent,
  );
  return [
    { kind: 'basic', commands: requiredAgentCommands },
    ...(keys ? [{ kind: 'public key', commands: publicKeyCommands }] : []),
    ...(passwords ? [{ kind: 'password', commands: passwordCommands }] : []),
  ];
}

const noMigration = 'running machines are not migrated yet';

/** The conditions of which virt-handler is the author; all others are kept. */
export function projectConditions(input: ConditionInput): Condition[] {
  const steps = [paused, agentConnected, agentVersion, credentialsSynchronized, migratable, synchronized];
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

function agentVersion(conditions: Condition[], { observed, guest, spec, now }: ConditionInput): Condition[] {
  const type = instanceConditions.agentVersionNotSupported;
  if (observed?.guestAgent.connected !== true || guest === undefined) return conditions;
  const lacking = (commands: readonly string[]): string[] =>
    commands.filter((command) => !guest.supportedCommands.includes(command));
  const wanted = requiredCommands(spec).find(({ commands }) => lacking(commands).length > 0);
  if (wanted === undefined) return removeCondition(conditions, type);
  const reason = `This guest agent doesn't support required ${wanted.kind} commands`;
  const message = `missing: ${lacking(wanted.commands).join(', ')}`;
  return setCondition(conditions, { type, status: 'True', reason, message, lastProbeTime: now }, { now });
}

/** Kept while nobody knows better: the agent may only be away. */
function credentialsSynchronized(conditions: Condition[], { credentials, now }: ConditionInput): Condition[] {
  if (credentials === undefined) return conditions;
  const type = instanceConditions.accessCredentialsSynchronized;
  const { synchronized: done, message = '' } = credentials;
  return setCondition(conditions, { type, status: done ? 'True' : 'False', message }, { now });
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
