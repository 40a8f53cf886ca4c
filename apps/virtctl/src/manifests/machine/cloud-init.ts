import type { AccessCredential, Volume } from '@virtkit/core-types';
import { stringify } from 'yaml';
import { VirtctlError } from '../../errors.ts';
import { flagError, needed, parseParameters } from '../parameters.ts';

/** How cloud-init's data reaches the guest. */
export type CloudInitSource = 'nocloud' | 'configdrive' | 'none';

export function parseCloudInit(text: string): CloudInitSource {
  const source = text.toLowerCase();
  if (source === 'nocloud' || source === 'configdrive' || source === 'none') return source;
  throw flagError('cloud-init', `invalid source "${text}": it is nocloud, configdrive or none`);
}

/** Keys and passwords that reach the guest from a Secret. */
export interface PlannedCredential {
  readonly credential: AccessCredential;
  /** The guest's SELinux must let the agent write keys. */
  readonly needsAgentAccess: boolean;
  /** Data of cloud-init must be given in this way. */
  readonly source: CloudInitSource | undefined;
}

/** `--access-cred src:...,type:ssh|password,method:ga|nocloud|configdrive,user:...` */
export function accessCredential(text: string, defaultUser: string | undefined): PlannedCredential {
  const flag = 'access-cred';
  const parameters = parseParameters(flag, text, ['type', 'src', 'method', 'user']);
  const secret = { secret: { secretName: needed(flag, parameters, 'src') } };
  const type = parameters.get('type') ?? 'ssh';
  const method = parameters.get('method') ?? 'ga';
  const user = parameters.get('user');
  if (type === 'password') {
    if (method !== 'ga')
      throw flagError(flag, `invalid method "${method}": passwords are set by the guest agent (ga)`);
    if (user !== undefined) throw flagError(flag, 'user cannot be specified with type password');
    const userPassword = { source: secret, propagationMethod: { qemuGuestAgent: {} } };
    return { credential: { userPassword }, needsAgentAccess: false, source: undefined };
  }
  if (type !== 'ssh') throw flagError(flag, `invalid type "${type}": it is ssh or password`);
  if (method === 'ga') {
    const name = user ?? defaultUser;
    if (name === undefined) throw flagError(flag, 'user must be specified with method ga');
    const propagationMethod = { qemuGuestAgent: { users: [name] } };
    return {
      credential: { sshPublicKey: { source: secret, propagationMethod } },
      needsAgentAccess: true,
      source: undefined,
    };
  }
  if (user !== undefined) throw flagError(flag, `user cannot be specified with method ${method}`);
  if (method !== 'nocloud' && method !== 'configdrive')
    throw flagError(flag, `invalid method "${method}": it is ga, nocloud or configdrive`);
  const propagationMethod = method === 'nocloud' ? { noCloud: {} } : { configDrive: {} };
  return {
    credential: { sshPublicKey: { source: secret, propagationMethod } },
    needsAgentAccess: false,
    source: method,
  };
}

/** What the guest's user is to be like. */
export interface UserSettings {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly sshKeys: readonly string[];
  readonly gaManageSsh: boolean;
}

/** The `#cloud-config` for a user; undefined when there is nothing to say. */
export function cloudConfig({ user, password, sshKeys, gaManageSsh }: UserSettings): string | undefined {
  const config = {
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password, chpasswd: { expire: false } }),
    ...(sshKeys.length === 0 ? {} : { ssh_authorized_keys: [...sshKeys] }),
    ...(gaManageSsh ? { runcmd: [['setsebool', '-P', 'virt_qemu_ga_manage_ssh', 'on']] } : {}),
  };
  return Object.keys(config).length === 0
    ? undefined
    : `#cloud-config\n${stringify(config, { lineWidth: 0 })}`;
}

/** What stands on cloud-init's disk; Base64 is passed on as it is. */
export interface CloudInitData {
  readonly userData?: string | undefined;
  readonly userDataBase64?: string | undefined;
  readonly networkDataBase64?: string | undefined;
}

/** The volume with it; undefined when there is nothing on it. @throws VirtctlError `usage` for text that is not Base64 */
export function cloudInitVolume(source: CloudInitSource, data: CloudInitData): Volume | undefined {
  for (const [flag, text] of [
    ['cloud-init-user-data', data.userDataBase64],
    ['cloud-init-network-data', data.networkDataBase64],
  ] as const)
    if (text !== undefined && !isBase64(text)) throw flagError(flag, 'the value is not Base64');
  const members = Object.entries(data).filter(([, text]) => text !== undefined && text !== '');
  if (source === 'none' || members.length === 0) return undefined;
  const content = Object.fromEntries(members);
  const name = 'cloudinitdisk';
  return source === 'nocloud' ? { name, cloudInitNoCloud: content } : { name, cloudInitConfigDrive: content };
}

/** Padding may be left out. */
function isBase64(text: string): boolean {
  const [bare = '', ...rest] = text.split('=');
  const again = Buffer.from(bare, 'base64').toString('base64').split('=')[0];
  return again === bare && rest.length <= 2 && rest.every((part) => part === '');
}

/** @throws VirtctlError `usage` when credentials want data in another way than the user */
export function sourceWith(
  asked: CloudInitSource | undefined,
  credentials: readonly PlannedCredential[],
): CloudInitSource {
  const forced = [
    ...new Set(credentials.map(({ source }) => source).filter((source) => source !== undefined)),
  ];
  const [first, second] = forced;
  if (second !== undefined)
    throw new VirtctlError('usage', 'method nocloud and configdrive of --access-cred exclude each other');
  if (first !== undefined && asked !== undefined && asked !== first)
    throw new VirtctlError(
      'usage',
      `method ${first} of --access-cred and --cloud-init ${asked} exclude each other`,
    );
  return first ?? asked ?? 'nocloud';
}
