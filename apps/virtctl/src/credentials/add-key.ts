import { randomBytes } from 'node:crypto';
import type { AccessCredential, JsonPatchOperation, Secret } from '@virtkit/core-types';
import { isApiError, type Client } from '@virtkit/sdk';
import { VirtctlError } from '../errors.ts';
import { keyLines } from './key-text.ts';
import {
  decoded,
  encoded,
  keySecretsOf,
  ownedSecret,
  pointerTo,
  type MachineSecrets,
} from './machine-secrets.ts';

export interface AddKeyFlags {
  readonly secret?: string;
  readonly createSecret?: boolean;
  readonly updateSecret?: boolean;
}

/** Where the key is to be read from, and what was made for that. */
export type AddedKey =
  | { kind: 'present'; secret: string }
  | { kind: 'added'; secret: string }
  | { kind: 'created'; secret: string };

const keyName = (): string => `ssh-key-${randomBytes(4).toString('hex')}`;

/** Gives a user of the guest a public key: in a Secret that the machine has for that, or in a new one. */
export async function addKey(
  client: Client,
  owner: MachineSecrets,
  { user, key }: { readonly user: string; readonly key: string },
  { secret, createSecret, updateSecret }: AddKeyFlags,
): Promise<AddedKey> {
  if (createSecret === true && updateSecret === true)
    throw new VirtctlError('usage', '--create-secret and --update-secret exclude each other');
  const known = keySecretsOf(owner.machine, user);
  if (createSecret === true || (known.length === 0 && updateSecret !== true))
    return createSecretWith(client, owner, { user, key }, secret);
  const name = secret ?? known[0];
  if (name === undefined || !known.includes(name))
    throw new VirtctlError(
      'request-failed',
      `user ${user} has no secret${secret ? ` ${secret}` : ''} to update`,
      {
        nextStep: 'leave --update-secret away to create one',
      },
    );
  return addToSecret(owner, name, key);
}

/** A guest that runs does not learn of a new Secret: it is part of its instance from the next start on. */
async function createSecretWith(
  client: Client,
  owner: MachineSecrets,
  { user, key }: { readonly user: string; readonly key: string },
  name: string | undefined,
): Promise<AddedKey> {
  const { machine, secrets, signal, force } = owner;
  const { name: machineName = '', uid = '' } = machine.metadata;
  if (!force && (await runs(client, machineName, signal)))
    throw new VirtctlError(
      'request-failed',
      `virtual machine ${machineName} runs: a new secret would not reach its guest before the next start`,
      { nextStep: 'stop it first, or let it reach the guest later with --force' },
    );
  const created = await secrets.create(
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        ...(name === undefined ? { generateName: `${machineName}-ssh-key-` } : { name }),
        ownerReferences: [{ apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', name: machineName, uid }],
      },
      data: { [keyName()]: encoded(key) },
    },
    { signal },
  );
  const secretName = created.metadata.name ?? '';
  const operations = addition(owner, {
    sshPublicKey: {
      source: { secret: { secretName } },
      propagationMethod: { qemuGuestAgent: { users: [user] } },
    },
  });
  await client.virtualMachines.patch(machineName, { type: 'json', operations }, { signal });
  return { kind: 'created', secret: secretName };
}

/** Adds to the list as it is, or makes one where there still is none. */
function addition({ machine }: MachineSecrets, credential: AccessCredential): JsonPatchOperation[] {
  const path = '/spec/template/spec/accessCredentials';
  if (machine.spec.template.spec?.accessCredentials !== undefined)
    return [{ op: 'add', path: `${path}/-`, value: credential }];
  return [
    { op: 'test', path, value: null },
    { op: 'add', path, value: [credential] },
  ];
}

async function runs(client: Client, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    await client.virtualMachineInstances.get(name, { signal });
    return true;
  } catch (error) {
    if (isApiError(error, 'not-found')) return false;
    throw error;
  }
}

async function addToSecret(owner: MachineSecrets, name: string, key: string): Promise<AddedKey> {
  const secret = await ownedSecret(owner, name);
  if (hasKey(secret, key)) return { kind: 'present', secret: name };
  const operations: JsonPatchOperation[] = [
    ...(secret.data === undefined ? [{ op: 'add' as const, path: '/data', value: {} }] : []),
    { op: 'add', path: pointerTo('data', keyName()), value: encoded(key) },
  ];
  await owner.secrets.patch(name, { type: 'json', operations }, { signal: owner.signal });
  return { kind: 'added', secret: name };
}

const hasKey = ({ data = {} }: Secret, key: string): boolean =>
  Object.values(data).some((value) => keyLines(decoded(value)).includes(key));
