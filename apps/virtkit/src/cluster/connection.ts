import { connect, isApiError, type Client } from '@virtkit/sdk';
import { VirtkitError } from '../errors.ts';
import { version } from '../platform/version.ts';

/** Which cluster. */
export interface ClusterFlags {
  /** File; the SDK's default places when absent. */
  kubeconfig?: string | undefined;
  context?: string | undefined;
}

/**
 * A connection to a cluster that answers.
 * @throws VirtkitError `not-found` when no kubeconfig leads to one, `timeout` when it does not answer, `forbidden`
 */
export async function connectToCluster(
  { kubeconfig = 'default', context }: ClusterFlags,
  options: { onWarning: (text: string) => void; signal: AbortSignal },
): Promise<Client> {
  const { onWarning, signal } = options;
  const client = await understood('connect to the cluster', () =>
    connect({
      kubeconfig,
      context,
      userAgent: `virtkit/${version}`,
      onWarning: ({ text }) => onWarning(text),
    }),
  );
  try {
    await understood('reach the cluster', () => client.request({ method: 'GET', path: '/version', signal }));
    return client;
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}

/** Calls, and says in the words of the command line what went wrong. @throws VirtkitError */
export async function understood<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (!isApiError(cause)) throw cause;
    const message = `could not ${what}: ${cause.message}`;
    switch (cause.code) {
      case 'configuration':
        throw new VirtkitError('not-found', message, {
          cause,
          nextStep: 'name the cluster with --kubeconfig and --context',
        });
      case 'forbidden':
      case 'unauthorized':
        throw new VirtkitError('forbidden', message, {
          cause,
          nextStep: 'installing takes the rights of a cluster administrator',
        });
      case 'wait-timeout':
      case 'timeout':
      case 'connection':
      case 'aborted':
        throw new VirtkitError('timeout', message, { cause });
      default:
        throw new VirtkitError('refused', message, { cause });
    }
  }
}
