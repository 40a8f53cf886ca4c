// Credentials written into a guest.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { presence, setList } from '../schema/scalars.ts';

export const AccessCredentialSecretSourceSchema = apiObject('The Secret with the credentials.', {
  secretName: z.string(),
});
export type AccessCredentialSecretSource = z.output<typeof AccessCredentialSecretSourceSchema>;

export const SSHPublicKeyAccessCredentialSourceSchema = apiObject('Where SSH public keys come from.', {
  secret: AccessCredentialSecretSourceSchema.optional(),
});
export type SSHPublicKeyAccessCredentialSource = z.output<typeof SSHPublicKeyAccessCredentialSourceSchema>;

export const QemuGuestAgentSSHPublicKeyAccessCredentialPropagationSchema = apiObject(
  'Keys written by the guest agent for these users.',
  {
    users: setList(z.string()),
  },
);
export type QemuGuestAgentSSHPublicKeyAccessCredentialPropagation = z.output<
  typeof QemuGuestAgentSSHPublicKeyAccessCredentialPropagationSchema
>;

export const SSHPublicKeyAccessCredentialPropagationMethodSchema = apiObject(
  'How keys reach the guest; one member is set.',
  {
    configDrive: presence().optional(),
    noCloud: presence().optional(),
    qemuGuestAgent: QemuGuestAgentSSHPublicKeyAccessCredentialPropagationSchema.optional(),
  },
);
export type SSHPublicKeyAccessCredentialPropagationMethod = z.output<
  typeof SSHPublicKeyAccessCredentialPropagationMethodSchema
>;

export const SSHPublicKeyAccessCredentialSchema = apiObject('SSH public keys for guest users.', {
  propagationMethod: SSHPublicKeyAccessCredentialPropagationMethodSchema,
  source: SSHPublicKeyAccessCredentialSourceSchema,
});
export type SSHPublicKeyAccessCredential = z.output<typeof SSHPublicKeyAccessCredentialSchema>;

export const UserPasswordAccessCredentialSourceSchema = apiObject('Where passwords come from.', {
  secret: AccessCredentialSecretSourceSchema.optional(),
});
export type UserPasswordAccessCredentialSource = z.output<typeof UserPasswordAccessCredentialSourceSchema>;

export const UserPasswordAccessCredentialPropagationMethodSchema = apiObject(
  'How passwords reach the guest.',
  {
    qemuGuestAgent: presence().optional(),
  },
);
export type UserPasswordAccessCredentialPropagationMethod = z.output<
  typeof UserPasswordAccessCredentialPropagationMethodSchema
>;

export const UserPasswordAccessCredentialSchema = apiObject('Passwords for guest users.', {
  propagationMethod: UserPasswordAccessCredentialPropagationMethodSchema,
  source: UserPasswordAccessCredentialSourceSchema,
});
export type UserPasswordAccessCredential = z.output<typeof UserPasswordAccessCredentialSchema>;

export const AccessCredentialSchema = apiObject(
  'Keys or passwords kept in step with a Secret; one member is set.',
  {
    sshPublicKey: SSHPublicKeyAccessCredentialSchema.optional(),
    userPassword: UserPasswordAccessCredentialSchema.optional(),
  },
);
export type AccessCredential = z.output<typeof AccessCredentialSchema>;
