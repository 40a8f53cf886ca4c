import type { Secret } from '@virtkit/core-types';
import { isApiError } from '@virtkit/sdk';
import { VirtctlError } from '../errors.ts';
import { keyLines } from './key-text.ts';
import { decoded, encoded, keySecretsOf, ownedSecret, type MachineSecrets } from './machine-secrets.ts';

/** How often a Secret that others change at the same moment is read again. */
const attempts = 5;

/** Takes a public key of a user out of the named Secret, or of all that the machine has for the user. @returns the Secrets that had it */
export async function removeKey(
  owner: MachineSecrets,
  { user, key }: { readonly user: string; readonly key: string },
  secret: string | undefined,
): Promise<string[]> {
  const known = keySecretsOf(owner.machine, user);
  const names = secret === undefined ? known : known.filter((name) => name === secret);
  if (names.length === 0) throw new VirtctlError('request-failed', `No secrets associated with user ${user}`);
  const changed: string[] = [];
  for (const name of new Set(names)) if (await removeFrom(owner, name, key)) changed.push(name);
  return changed;
}

async function removeFrom(owner: MachineSecrets, name: string, key: string): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const secret = await ownedSecret(owner, name);
    const data = withoutKey(secret, key);
    if (data === undefined) return false;
    try {
      await owner.secrets.replace({ ...secret, data }, { signal: owner.signal });
      return true;
    } catch (error) {
      if (!isApiError(error, 'conflict') || attempt >= attempts) throw error;
    }
  }
}

/** The data without the key, and without values that nothing is left of; undefined when it is not there. */
function withoutKey({ data = {} }: Secret, key: string): Record<string, string> | undefined {
  let found = false;
  const kept = Object.entries(data).flatMap(([name, value]): [string, string][] => {
    const lines = keyLines(decoded(value));
    const others = lines.filter((line) => line !== key);
    if (others.length === lines.length) return [[name, value]];
    found = true;
    return others.length === 0 ? [] : [[name, encoded(`${others.join('\n')}\n`)]];
  });
  return found ? Object.fromEntries(kept) : undefined;
}
