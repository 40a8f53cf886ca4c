import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { connect, type Client, type ConnectOptions } from '@virtkit/sdk';
import { messageOf, VirtctlError } from '../errors.ts';
import { note, type Environment, type Session } from '../session.ts';
import { userAgent } from '../version.ts';
import type { GlobalFlags } from './global-flags.ts';

/**
 * Connects as the global flags and the environment say: `--kubeconfig`, `$KUBECONFIG`, `~/.kube/config`, the service
 * account of the Pod, in this order; single flags win over what the file says.
 *
 * @throws VirtctlError `configuration`
 * @throws ApiError `configuration` when the kubeconfig is unusable
 */
export async function connectSession(session: Session, flags: GlobalFlags): Promise<Client> {
  const options = await connectOptions(session.environment, flags);
  // As kubectl shows them.
  return connect({ ...options, onWarning: ({ text }) => note(session, `Warning: ${text}`) });
}

async function connectOptions(environment: Environment, flags: GlobalFlags): Promise<ConnectOptions> {
  const kubeconfig = findKubeconfig(environment, flags);
  if (kubeconfig === undefined && flags.server === undefined) {
    throw new VirtctlError('configuration', 'no API server is configured', {
      nextStep: 'name a kubeconfig with --kubeconfig or $KUBECONFIG, or an API server with --server',
    });
  }
  return {
    kubeconfig,
    context: kubeconfig === undefined ? undefined : flags.context,
    namespace: flags.namespace,
    server: flags.server,
    token: flags.token,
    ca: await readPem('certificate-authority', flags.certificateAuthority),
    certificate: await clientCertificate(flags),
    tlsServerName: flags.tlsServerName,
    insecureSkipTlsVerify: flags.insecureSkipTlsVerify,
    userAgent,
  };
}

function findKubeconfig(environment: Environment, flags: GlobalFlags): string | undefined {
  if (flags.kubeconfig !== undefined && flags.kubeconfig !== '') return flags.kubeconfig;
  const listed = (environment.kubeconfig ?? '').split(delimiter).filter((path) => path !== '');
  // As in kubectl: files of the list that do not exist are passed over, but one name alone must exist.
  const present = listed.length > 1 ? listed.filter((path) => existsSync(path)) : listed;
  if (present.length > 1) {
    throw new VirtctlError('configuration', '$KUBECONFIG names several files, which virtctl does not merge', {
      nextStep: 'name one of them with --kubeconfig, or merge them: kubectl config view --flatten',
    });
  }
  if (present[0] !== undefined) return present[0];
  const usual = join(environment.home, '.kube', 'config');
  if (existsSync(usual)) return usual;
  return environment.inPod ? 'in-cluster' : undefined;
}

async function clientCertificate(flags: GlobalFlags): Promise<ConnectOptions['certificate']> {
  const [cert, key] = await Promise.all([
    readPem('client-certificate', flags.clientCertificate),
    readPem('client-key', flags.clientKey),
  ]);
  if (cert === undefined && key === undefined) return undefined;
  if (cert !== undefined && key !== undefined) return { cert, key };
  throw new VirtctlError('usage', '--client-certificate and --client-key must be given together');
}

async function readPem(flag: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new VirtctlError('configuration', `cannot read the file of --${flag}: ${messageOf(cause)}`, {
      cause,
    });
  }
}
