import { ApiError } from '../errors.ts';
import { loadKubeconfig, namesKubeconfig } from './kubeconfig.ts';
import type { ConnectOptions, Endpoint, TlsSettings } from './options.ts';

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
  const { token } = options;
  return {
    server,
    namespace: options.namespace ?? base?.namespace ?? 'default',
    tls: mergeTls(base?.tls ?? {}, options),
    authenticate:
      token === undefined
        ? (base?.authenticate ?? (() => Promise.resolve({})))
        : () => Promise.resolve({ authorization: `Bearer ${token}` }),
  };
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
