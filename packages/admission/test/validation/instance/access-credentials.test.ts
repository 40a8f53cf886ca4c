import type {
  AccessCredential,
  SSHPublicKeyAccessCredential,
  UserPasswordAccessCredential,
  Volume,
} from '@virtkit/core-types';
import { testInstanceSides, type SpecParts } from '../../support/instance-sides.ts';

type SshMethod = SSHPublicKeyAccessCredential['propagationMethod'];

const path = 'S.accessCredentials[0]';
const source = { secret: { secretName: 'keys' } };
const noCloud: Volume = { name: 'seed', cloudInitNoCloud: {} };
const configDrive: Volume = { name: 'seed', cloudInitConfigDrive: {} };
const agent = { qemuGuestAgent: { users: ['root'] } };

const credentials = (accessCredentials: AccessCredential[], ...volumes: Volume[]): SpecParts => ({
  accessCredentials,
  volumes,
});
const ssh = (propagationMethod: SshMethod, ...volumes: Volume[]) =>
  credentials([{ sshPublicKey: { source, propagationMethod } }], ...volumes);
const keys: SSHPublicKeyAccessCredential = { source, propagationMethod: agent };
const password: UserPasswordAccessCredential = { source, propagationMethod: { qemuGuestAgent: {} } };

testInstanceSides('access credentials', [
  {
    id: 'ACC-1',
    refuses: ssh({ noCloud: {} }, configDrive),
    accepts: ssh({ noCloud: {} }, configDrive, noCloud),
    reason: 'I',
    fields: [`${path}.sshPublicKey.propagationMethod`],
  },
  {
    id: 'ACC-2',
    refuses: ssh({ configDrive: {} }, noCloud),
    accepts: ssh({ configDrive: {} }, noCloud, configDrive),
    reason: 'I',
    fields: [`${path}.sshPublicKey.propagationMethod`],
  },
  {
    id: 'ACC-3',
    refuses: ssh({ qemuGuestAgent: { users: [] } }),
    accepts: ssh(agent),
    reason: 'I',
    fields: [`${path}.sshPublicKey.propagationMethod.qemuGuestAgent.users`],
  },
  {
    id: 'ACC-4',
    refuses: credentials([{ sshPublicKey: { ...keys, source: {} } }]),
    accepts: credentials([{ sshPublicKey: keys }]),
    reason: 'I',
    fields: [`${path}.sshPublicKey.source`],
  },
  {
    id: 'ACC-5',
    refuses: ssh({}),
    accepts: ssh(agent),
    reason: 'I',
    fields: [`${path}.sshPublicKey.propagationMethod`],
  },
  {
    id: 'ACC-5',
    refuses: ssh({ ...agent, noCloud: {} }, noCloud),
    accepts: ssh({ noCloud: {} }, noCloud),
    reason: 'I',
    fields: [`${path}.sshPublicKey.propagationMethod`],
  },
  {
    id: 'ACC-6',
    refuses: credentials([{ userPassword: { ...password, source: {} } }]),
    accepts: credentials([{ userPassword: password }]),
    reason: 'I',
    fields: [`${path}.userPassword.source`],
  },
  {
    id: 'ACC-7',
    refuses: credentials([{ userPassword: { ...password, propagationMethod: {} } }]),
    accepts: credentials([{ userPassword: password }]),
    reason: 'I',
    fields: [`${path}.userPassword.propagationMethod`],
  },
  {
    id: 'ACC-8',
    refuses: credentials([{ userPassword: password }, {}, { sshPublicKey: keys, userPassword: password }]),
    accepts: credentials([{ userPassword: password }, { sshPublicKey: keys }]),
    reason: 'I',
    fields: ['S.accessCredentials[1]', 'S.accessCredentials[2]'],
  },
]);
