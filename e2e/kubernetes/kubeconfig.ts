import { writeFile } from 'node:fs/promises';
import type { KeyPair } from '@virtkit/pki';
import { stringify } from 'yaml';

/** Writes a kubeconfig with one user and everything that it needs inside, readable by its owner only. */
export async function writeKubeconfig(
  file: string,
  {
    server,
    authority,
    user,
    identity,
  }: { server: string; authority: string; user: string; identity: KeyPair },
): Promise<void> {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const cluster = 'virtkit-test';
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': cluster,
    clusters: [{ name: cluster, cluster: { server, 'certificate-authority-data': base64(authority) } }],
    users: [
      {
        name: user,
        user: {
          'client-certificate-data': base64(identity.certificate),
          'client-key-data': base64(identity.key),
        },
      },
    ],
    contexts: [{ name: cluster, context: { cluster, user } }],
  };
  await writeFile(file, stringify(content), { mode: 0o600 });
}
