import { resources, type Secret, type VirtualMachine } from '@virtkit/core-types';
import { isApiError, type Client, type ResourceClient } from '@virtkit/sdk';
import { VirtctlError } from '../errors.ts';

/** The machine whose credentials a command is about, and how its Secrets are found. */
export interface MachineSecrets {
  readonly machine: VirtualMachine;
  readonly secrets: ResourceClient<Secret>;
  readonly signal: AbortSignal;
  /** Also touches Secrets that are not the machine's own. */
  readonly force: boolean;
}

/** @throws VirtctlError `request-failed` when there is no such machine */
export async function machineSecrets(
  client: Client,
  name: string,
  { signal, force }: Pick<MachineSecrets, 'signal' | 'force'>,
): Promise<MachineSecrets> {
  try {
    const machine = await client.virtualMachines.get(name, { signal });
    return { machine, secrets: client.resource(resources.secrets), signal, force };
  } catch (error) {
    if (!isApiError(error, 'not-found')) throw error;
    throw new VirtctlError('request-failed', `error getting virtual machine ${name}: ${error.message}`, {
      cause: error,
    });
  }
}

const credentialsOf = ({ spec }: VirtualMachine) => spec.template.spec?.accessCredentials ?? [];

/** Names of the Secrets whose keys the guest agent gives this user of the guest. */
export function keySecretsOf(machine: VirtualMachine, user: string): string[] {
  return credentialsOf(machine).flatMap(({ sshPublicKey }) => {
    const users = sshPublicKey?.propagationMethod.qemuGuestAgent?.users ?? [];
    const name = sshPublicKey?.source.secret?.secretName;
    return name !== undefined && users.includes(user) ? [name] : [];
  });
}

/** Names of the Secrets with passwords of users of the guest. */
export function passwordSecretsOf(machine: VirtualMachine): string[] {
  return credentialsOf(machine).flatMap(({ userPassword }) => userPassword?.source.secret?.secretName ?? []);
}

/**
 * A Secret that belongs to the machine alone: others may rely on one that does not.
 * @throws VirtctlError `request-failed` when it is somebody else's and that is not to be overlooked
 */
export async function ownedSecret(
  { machine, secrets, signal, force }: MachineSecrets,
  name: string,
): Promise<Secret> {
  const secret = await secrets.get(name, { signal });
  const owned = (secret.metadata.ownerReferences ?? []).some(({ uid }) => uid === machine.metadata.uid);
  if (owned || force) return secret;
  throw new VirtctlError(
    'request-failed',
    `secret "${name}" does not belong to the virtual machine ${machine.metadata.name ?? ''}`,
    { nextStep: 'with --force it is changed all the same, for everybody who uses it' },
  );
}

/** The key of a JSON patch's path. */
export const pointerTo = (...path: readonly string[]): string =>
  path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

export const encoded = (text: string): string => Buffer.from(text).toString('base64');
export const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
