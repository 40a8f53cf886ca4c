import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';

/** Keys and values of Secrets, by Secret. */
export type SecretContents = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** How users of the guest may log in, as the guest's agent is to be told. */
export interface GuestCredentials {
  /** Public SSH keys by user: these and no others. */
  keys: Map<string, string[]>;
  /** Passwords by user. */
  passwords: Map<string, string>;
}

/** Secrets with public SSH keys that cloud-init installs when the guest first boots, each once. */
export function seededSecrets({ accessCredentials = [] }: VirtualMachineInstanceSpec): string[] {
  return secretNames(
    accessCredentials.map(({ sshPublicKey }) => {
      const method = sshPublicKey?.propagationMethod;
      const seeded = method?.noCloud !== undefined || method?.configDrive !== undefined;
      return seeded ? sshPublicKey?.source.secret?.secretName : undefined;
    }),
  );
}

/** Secrets with what the guest's agent is told again whenever it changes, each once. */
export function agentSecrets({ accessCredentials = [] }: VirtualMachineInstanceSpec): string[] {
  return secretNames(
    accessCredentials.map(
      ({ sshPublicKey, userPassword }) =>
        [sshPublicKey, userPassword].find((one) => one?.propagationMethod.qemuGuestAgent !== undefined)
          ?.source.secret?.secretName,
    ),
  );
}

/**
 * What the agent is to be told: each user has the keys of all Secrets that name it; the keys of a password's Secret are the
 * users' names (KubeVirt API, accessCredentials). A Secret that is not among the contents is taken as empty.
 */
export function agentCredentials(
  { accessCredentials = [] }: VirtualMachineInstanceSpec,
  contents: SecretContents,
): GuestCredentials {
  const credentials: GuestCredentials = { keys: new Map(), passwords: new Map() };
  for (const { sshPublicKey, userPassword } of accessCredentials) {
    const keys = publicKeysOf(contents[sshPublicKey?.source.secret?.secretName ?? ''] ?? {});
    for (const user of sshPublicKey?.propagationMethod.qemuGuestAgent?.users ?? [])
      credentials.keys.set(user, [...new Set([...(credentials.keys.get(user) ?? []), ...keys])]);
    if (userPassword?.propagationMethod.qemuGuestAgent === undefined) continue;
    const passwords = contents[userPassword.source.secret?.secretName ?? ''] ?? {};
    for (const [user, password] of Object.entries(passwords)) credentials.passwords.set(user, password);
  }
  return credentials;
}

/** The public SSH keys in a Secret: one in each line of each value, in the order of the values' names. */
export function publicKeysOf(content: Readonly<Record<string, string>>): string[] {
  return Object.keys(content)
    .sort()
    .flatMap((name) => (content[name] ?? '').split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function secretNames(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.flatMap((name) => (name ? [name] : [])))];
}
