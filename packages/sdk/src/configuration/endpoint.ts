import { ApiError } from '../errors.ts';
import { loadKubeconfig, namesKubeconfig } from './kubeconfig.ts';
import type { ConnectOptions, Endpoint, TlsSettings } from './options.ts';
import { ReplacedFile } from './replaced-file.ts';

/**
 * Turns options into an endpoint. Values that are given directly win over those of the kubeconfig.
 *
 * @throws ApiError `configuration` when no server is named or a value is unusable
 */
export async function resolveEndpoint(options: ConnectOptions): Promise<Endpoint> {
  const base = namesKubeconfig(options) ? await loadKubeconfig(options) : undefined;
  const server = options.server === undefined ? base?.server : parseServer(options.server);
  if (server === undefined) {
    throw new ApiError(
      'configuration',
      'name an API server: `server`, `kubeconfig` (a path, "default" or "in-cluster") or `kubeconfigText`',
    );
  }
  return {
    server,
    namespace: options.namespace ?? base?.namespace ?? 'default',
    tls: await trust(base, options),
    authenticate:
      (await givenToken(options)) ??
      base?.authenticate ??
      (() => Promise.resolve<Record<string, string>>({})),
  };
}

/** How to authenticate with the token of the options; undefined when they have none. */
async function givenToken({
  token,
  tokenFile,
}: ConnectOptions): Promise<Endpoint['authenticate'] | undefined> {
  if (token !== undefined) return () => Promise.resolve({ authorization: `Bearer ${token}` });
  if (tokenFile === undefined) return undefined;
  const file = await openedFile(tokenFile, 'token');
  return async () => ({ authorization: `Bearer ${(await readNow(file, 'token')).trim()}` });
}

/** The settings of the kubeconfig under those of the options, with the authorities as their file has them. */
async function trust(base: Endpoint | undefined, options: ConnectOptions): Promise<Endpoint['tls']> {
  const settings = mergeTls((await base?.tls()) ?? {}, options);
  if (options.caFile === undefined) return () => Promise.resolve(settings);
  const file = await openedFile(options.caFile, 'authorities');
  let current = settings;
  return async () => {
    const ca = await readNow(file, 'authorities');
    if (current.ca !== ca) current = { ...settings, ca };
    return current;
  };
}

/** A file that could be read once, so that a wrong path is told at the start. */
async function openedFile(path: string, what: string): Promise<ReplacedFile> {
  const file = new ReplacedFile(path);
  try {
    await file.text();
  } catch (cause) {
    throw new ApiError('configuration', `cannot read the ${what} in ${path}: ${messageOf(cause)}`, { cause });
  }
  return file;
}

async function readNow(file: ReplacedFile, what: string): Promise<string> {
  try {
    return await file.text();
  } catch (cause) {
    throw new ApiError('unauthorized', `cannot read the ${what} in ${file.path}: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function parseServer(server: string): URL {
  const url = URL.parse(server);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    const advice = server.includes('://') ? '' : `; did you mean "https://${server}"?`;
    throw new ApiError('configuration', `server "${server}" is not an http or https URL${advice}`);
  }
  return url;
}

function mergeTls(base: TlsSettings, options: ConnectOptions): TlsSettings {
  return {
    ca: options.ca ?? base.ca,
    cert: options.certificate?.cert ?? base.cert,
    key: options.certificate?.key ?? base.key,
    servername: options.tlsServerName ?? base.servername,
    rejectUnauthorized:
      options.insecureSkipTlsVerify === undefined ? base.rejectUnauthorized : !options.insecureSkipTlsVerify,
  };
}
