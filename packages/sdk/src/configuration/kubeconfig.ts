import { homedir } from 'node:os';
import { join } from 'node:path';
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { ApiError, type ApiErrorCode } from '../errors.ts';
import type { ConnectOptions, Endpoint, TlsSettings } from './options.ts';

/** Whether the options name a kubeconfig, and so the library that reads it must be loaded. */
export function namesKubeconfig(options: ConnectOptions): boolean {
  return options.kubeconfig !== undefined || options.kubeconfigText !== undefined;
}

/**
 * Reads a kubeconfig, in all the forms that @kubernetes/client-node knows (inline data, files, tokens, exec and OIDC
 * plug-ins, in-cluster). That library costs about 85 MB and 0.4 s, which is why it is loaded here and only here.
 *
 * @throws ApiError `configuration` when it cannot be read or lacks what is needed
 */
export async function loadKubeconfig(options: ConnectOptions): Promise<Endpoint> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    read(config, options);
  } catch (cause) {
    throw unreadable(options, cause);
  }
  const wanted = options.context ?? config.currentContext;
  if (!wanted || config.getContextObject(wanted) === null) throw noContext(config, options);
  config.setCurrentContext(wanted);
  return toEndpoint(config, options);
}

function read(config: KubeConfig, options: ConnectOptions): void {
  if (options.kubeconfigText !== undefined) config.loadFromString(options.kubeconfigText);
  else if (options.kubeconfig === 'in-cluster') config.loadFromCluster();
  else if (options.kubeconfig === 'default') config.loadFromFile(join(homedir(), '.kube', 'config'));
  else if (options.kubeconfig !== undefined) config.loadFromFile(options.kubeconfig);
}

function unreadable(options: ConnectOptions, cause: unknown): ApiError {
  const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
  const message = missing
    ? `there is no ${describe(options)}; name another file, or a \`server\``
    : `cannot read ${describe(options)}: ${messageOf(cause)}`;
  return new ApiError('configuration', message, { cause });
}

function noContext(config: KubeConfig, options: ConnectOptions): ApiError {
  const known = config.contexts.map(({ name }) => name);
  const { context = config.currentContext } = options;
  const lack = context ? `has no context "${context}"` : 'does not say which context is current';
  const advice =
    known.length === 0
      ? 'it has no contexts at all'
      : `its contexts are ${known.map((name) => `"${name}"`).join(', ')}`;
  return new ApiError('configuration', `${describe(options)} ${lack}; ${advice}`);
}

async function toEndpoint(config: KubeConfig, options: ConnectOptions): Promise<Endpoint> {
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new ApiError('configuration', `the current context of ${describe(options)} names no cluster`);
  }
  if (cluster.proxyUrl !== undefined) {
    throw new ApiError(
      'configuration',
      `cluster "${cluster.name}" of ${describe(options)} needs a proxy (proxy-url), which the SDK does not offer`,
    );
  }
  const user = config.getCurrentUser();
  if (user === null) {
    throw new ApiError('configuration', `the current context of ${describe(options)} names no user`);
  }
  const server = URL.parse(cluster.server);
  if (server === null) {
    const why =
      options.kubeconfig === 'in-cluster'
        ? '"in-cluster" works in Pods only, which are told where the API server is'
        : `${describe(options)} leads to "${cluster.server}", which is no URL`;
    throw new ApiError('configuration', why);
  }
  // Plug-ins and token files give credentials that expire; all others stay, and their files need not be read again.
  const renewable = user.exec !== undefined || user.authProvider !== undefined;
  const initial = await authentication(config, renewable ? 'unauthorized' : 'configuration');
  return {
    server,
    namespace: config.getContextObject(config.currentContext)?.namespace ?? 'default',
    tls: () => Promise.resolve(initial.tls),
    authenticate: async () =>
      renewable ? (await authentication(config, 'unauthorized')).headers : initial.headers,
  };
}

/** Client-node resolves files, plug-ins and expiry; it wants to do so on the options of a Node HTTPS request. */
async function authentication(
  config: KubeConfig,
  failure: ApiErrorCode,
): Promise<{ tls: TlsSettings; headers: Record<string, string> }> {
  const request: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(request);
  } catch (cause) {
    throw new ApiError(failure, `cannot obtain credentials: ${messageOf(cause)}`, { cause });
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = String(value);
  }
  if (typeof request.auth === 'string') {
    headers['authorization'] = `Basic ${Buffer.from(request.auth).toString('base64')}`;
  }
  const tls: TlsSettings = {
    ca: pem(request.ca),
    cert: pem(request.cert),
    key: pem(request.key),
    servername: request.servername,
    rejectUnauthorized: request.rejectUnauthorized,
  };
  return { tls, headers };
}

function pem(value: RequestOptions['ca'] | RequestOptions['key']): string | undefined {
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString('utf8') : undefined;
}

function describe(options: ConnectOptions): string {
  if (options.kubeconfigText !== undefined) return 'the given kubeconfig text';
  if (options.kubeconfig === 'in-cluster') return 'the in-cluster configuration';
  return `kubeconfig ${options.kubeconfig === 'default' ? '~/.kube/config' : (options.kubeconfig ?? '')}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
