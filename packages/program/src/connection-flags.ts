import { readFile } from 'node:fs/promises';
import type { ConnectOptions } from '@virtkit/sdk';

/** Flags by which a program finds its API server, in the form that `util.parseArgs` takes. */
export const connectionFlags = {
  server: { type: 'string' },
  'ca-file': { type: 'string' },
  'token-file': { type: 'string' },
  kubeconfig: { type: 'string' },
} as const;

/** Help for {@link connectionFlags}. */
export const connectionHelp = `  --server URL            API server; with --ca-file and --token-file
  --ca-file FILE          certificate authority of the server, PEM
  --token-file FILE       bearer token
  --kubeconfig FILE       instead of the three above`;

/** Values of {@link connectionFlags}. */
export interface ConnectionValues {
  server?: string | undefined;
  'ca-file'?: string | undefined;
  'token-file'?: string | undefined;
  kubeconfig?: string | undefined;
}

/**
 * Options for `connect` from flags: an explicit server with its files, else a kubeconfig, else the Pod's service account.
 * @throws the system's error when a file cannot be read.
 */
export async function connectionOptions(
  values: ConnectionValues,
  userAgent: string,
): Promise<ConnectOptions> {
  if (values.server === undefined) return { kubeconfig: values.kubeconfig ?? 'in-cluster', userAgent };
  const [ca, token] = await Promise.all([textOf(values['ca-file']), textOf(values['token-file'])]);
  return { server: values.server, ca, token: token?.trim(), userAgent };
}

async function textOf(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : readFile(path, 'utf8');
}
