import type { ConnectOptions } from '@virtkit/sdk';
import { serviceAccountConnection, type PodEnvironment } from './service-account.ts';

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
  --kubeconfig FILE       instead of the three above; without any of these it is the Pod's service account`;

/** Values of {@link connectionFlags}. */
export interface ConnectionValues {
  server?: string | undefined;
  'ca-file'?: string | undefined;
  'token-file'?: string | undefined;
  kubeconfig?: string | undefined;
}

/**
 * Options for `connect` from flags: an explicit server with its files, else a kubeconfig, else the Pod's service account, of
 * which `environment`, the program's, tells. Tokens and authorities in files are followed as they change.
 *
 * @throws Error when nothing names a server; the system's error when the service account cannot be read.
 */
export async function connectionOptions(
  values: ConnectionValues,
  userAgent: string,
  environment: PodEnvironment,
): Promise<ConnectOptions> {
  const { server, kubeconfig } = values;
  if (server !== undefined) {
    return { server, caFile: values['ca-file'], tokenFile: values['token-file'], userAgent };
  }
  if (kubeconfig !== undefined) return { kubeconfig, userAgent };
  const account = await serviceAccountConnection(environment);
  if (account === undefined) throw new Error('name an API server: --server or --kubeconfig; this is no Pod');
  return { ...account, userAgent };
}
