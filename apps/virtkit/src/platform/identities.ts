import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readIfThere, replaceFile } from './files.ts';
import type { Layout } from './layout.ts';

/** Programs of the platform that call the API server, with the user that each one is. */
export const identities = {
  'virt-api': 'system:serviceaccount:kubevirt:kubevirt-apiserver',
  'virt-controller': 'system:serviceaccount:kubevirt:kubevirt-controller',
  'virt-handler': 'system:serviceaccount:kubevirt:kubevirt-handler',
  scheduler: 'system:kube-scheduler',
  kubelet: 'system:node',
  admin: 'kubernetes-admin',
} as const;

export type IdentityName = keyof typeof identities;

/**
 * What admission knows of a program besides its name. A node agent may write to the instances of its node only, so it is known
 * which one that is.
 */
export function identityExtra(
  name: string,
  nodeName: string,
): { extra?: Readonly<Record<string, readonly string[]>> } {
  return name === 'virt-handler' ? { extra: { 'authentication.kubernetes.io/node-name': [nodeName] } } : {};
}

export interface Identity {
  user: string;
  token: string;
  tokenFile: string;
}

/** Every program's token, made on first use and kept. */
export async function ensureIdentities(layout: Layout): Promise<Record<IdentityName, Identity>> {
  const entries = [];
  for (const [name, user] of Object.entries(identities)) {
    const tokenFile = join(layout.tokens, name);
    let token = await readIfThere(tokenFile);
    if (token === undefined) {
      token = randomBytes(24).toString('base64url');
      await replaceFile(tokenFile, token);
    }
    entries.push([name, { user, token, tokenFile }] as const);
  }
  // Object.fromEntries forgets the keys that it was given.
  return Object.fromEntries(entries) as Record<IdentityName, Identity>;
}
