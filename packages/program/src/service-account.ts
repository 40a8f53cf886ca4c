import { isIPv6 } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectOptions } from '@virtkit/sdk';

/** Variables by which the kubelet tells the programs of a Pod where the API server is. */
export interface PodEnvironment {
  readonly KUBERNETES_SERVICE_HOST?: string | undefined;
  readonly KUBERNETES_SERVICE_PORT?: string | undefined;
}

/** Where the kubelet projects a Pod's service account to. */
export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * How the programs of a Pod connect: the cluster's API server, with the Pod's service account. Token and authorities are
 * followed as the kubelet renews them, which for tokens is about every hour. Undefined outside of Pods.
 *
 * @throws the system's error when the account's namespace cannot be read
 */
export async function serviceAccountConnection(
  environment: PodEnvironment,
  folder = serviceAccountFolder,
): Promise<Pick<ConnectOptions, 'server' | 'caFile' | 'tokenFile' | 'namespace'> | undefined> {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443' } = environment;
  if (host === '') return undefined;
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    caFile: join(folder, 'ca.crt'),
    tokenFile: join(folder, 'token'),
    namespace: (await readFile(join(folder, 'namespace'), 'utf8')).trim(),
  };
}
