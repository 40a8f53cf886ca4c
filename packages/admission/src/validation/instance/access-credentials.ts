import type { AccessCredential, Volume } from '@virtkit/core-types';
import { invalid, type Finding } from '../finding.ts';
import { itemsOf, type Located } from '../located.ts';
import { applyToEach, type Rule } from '../rule.ts';
import type { InstanceSubject } from './subject.ts';

/** A credential, and the volumes it may travel by. */
interface CredentialSubject extends Located<AccessCredential> {
  readonly volumes: readonly Volume[];
}

const methods = ['noCloud', 'configDrive', 'qemuGuestAgent'] as const;

/** Keys and passwords that are brought into the guest. */
export function accessCredentialFindings({ spec, root }: InstanceSubject): readonly Finding[] {
  const { accessCredentials, volumes = [] } = spec;
  const subjects = itemsOf(accessCredentials, `${root}.accessCredentials`);
  return applyToEach(
    rules,
    subjects.map((subject): CredentialSubject => ({ ...subject, volumes })),
  );
}

const rules: readonly Rule<CredentialSubject>[] = [
  {
    id: 'ACC-1',
    *check({ value: { sshPublicKey }, path, volumes }) {
      const byVolume = volumes.some(({ cloudInitNoCloud }) => cloudInitNoCloud !== undefined);
      if (sshPublicKey?.propagationMethod.noCloud !== undefined && !byVolume)
        yield invalid(
          `${path}.sshPublicKey.propagationMethod`,
          'there is no cloudInitNoCloud volume to bring the keys',
        );
    },
  },
  {
    id: 'ACC-2',
    *check({ value: { sshPublicKey }, path, volumes }) {
      const byVolume = volumes.some(({ cloudInitConfigDrive }) => cloudInitConfigDrive !== undefined);
      if (sshPublicKey?.propagationMethod.configDrive !== undefined && !byVolume)
        yield invalid(
          `${path}.sshPublicKey.propagationMethod`,
          'there is no cloudInitConfigDrive volume to bring the keys',
        );
    },
  },
  {
    id: 'ACC-3',
    *check({ value: { sshPublicKey }, path }) {
      if (sshPublicKey?.propagationMethod.qemuGuestAgent?.users.length === 0)
        yield invalid(
          `${path}.sshPublicKey.propagationMethod.qemuGuestAgent.users`,
          'the keys are those of a user at least',
        );
    },
  },
  {
    id: 'ACC-4',
    *check({ value: { sshPublicKey }, path }) {
      if (sshPublicKey !== undefined && sshPublicKey.source.secret === undefined)
        yield invalid(`${path}.sshPublicKey.source`, 'the keys come from a secret');
    },
  },
  {
    id: 'ACC-5',
    *check({ value: { sshPublicKey }, path }) {
      if (sshPublicKey === undefined) return;
      const set = methods.filter((method) => sshPublicKey.propagationMethod[method] !== undefined);
      if (set.length !== 1)
        yield invalid(
          `${path}.sshPublicKey.propagationMethod`,
          `the keys travel by one of ${methods.join(', ')}, not ${set.length}`,
        );
    },
  },
  {
    id: 'ACC-6',
    *check({ value: { userPassword }, path }) {
      if (userPassword !== undefined && userPassword.source.secret === undefined)
        yield invalid(`${path}.userPassword.source`, 'the passwords come from a secret');
    },
  },
  {
    id: 'ACC-7',
    *check({ value: { userPassword }, path }) {
      if (userPassword !== undefined && userPassword.propagationMethod.qemuGuestAgent === undefined)
        yield invalid(`${path}.userPassword.propagationMethod`, 'passwords travel by the qemuGuestAgent');
    },
  },
  {
    id: 'ACC-8',
    *check({ value: { sshPublicKey, userPassword }, path }) {
      if ((sshPublicKey === undefined) === (userPassword === undefined))
        yield invalid(path, 'a credential is one of sshPublicKey, userPassword');
    },
  },
];
