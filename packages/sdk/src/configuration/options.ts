import type { KubeVirt } from '@virtkit/core-types';
import type { RequestObserver } from '../transport/request.ts';
import type { WarningHandler } from '../warnings.ts';

/**
 * What is looked at before a write is sent. What is sent stays what the caller wrote.
 *
 * - `schema`: each field of an object has the right type. Costs no request.
 * - `admission`: objects of KubeVirt's kinds are completed and judged by all the rules of KubeVirt's admission, as an
 *   ordinary user's; other kinds are held against their schema. What rules need is looked up through the client: for a change
 *   the stored object, and for new machines instance types and the like. Whatever cannot be looked up is left to the server
 *   to judge, which `onWarning` is told. The rules are loaded with the first write.
 */
export type Validation = false | 'schema' | 'admission';

/**
 * Where the API server is and who asks. Give either a kubeconfig (`kubeconfig` or `kubeconfigText`) or `server` with
 * credentials; single values given beside a kubeconfig win over it.
 */
export interface ConnectOptions {
  /** Path of a kubeconfig file; `default` is `~/.kube/config`; `in-cluster` is the service account of this Pod. */
  kubeconfig?: string | undefined;
  /** Content of a kubeconfig file. */
  kubeconfigText?: string | undefined;
  /** Context of the kubeconfig; its current context when absent. */
  context?: string | undefined;
  /** URL of the API server, for example `https://127.0.0.1:6443`. */
  server?: string | undefined;
  /** Certificate authorities to trust, PEM; the system's when absent. */
  ca?: string | undefined;
  /** File with the certificate authorities to trust, PEM; read again whenever it was replaced. Instead of `ca`. */
  caFile?: string | undefined;
  /** Bearer token. */
  token?: string | undefined;
  /** File with the bearer token, such as a service account's; read again whenever it was replaced. Instead of `token`. */
  tokenFile?: string | undefined;
  /** Client certificate and key, PEM. */
  certificate?: { readonly cert: string; readonly key: string } | undefined;
  /** Name to expect in the server's certificate, when it is not the host of `server`. */
  tlsServerName?: string | undefined;
  /** Do not verify the server's certificate: anyone on the path can then read and change everything. */
  insecureSkipTlsVerify?: boolean | undefined;
  userAgent?: string | undefined;
  /** Namespace of calls that name none; the context's, else `default`. */
  namespace?: string | undefined;
  /** What is looked at before a write is sent; nothing when absent. */
  validate?: Validation | undefined;
  /** The cluster's KubeVirt object, for users who may not read it: validation goes by its configuration. */
  kubeVirt?: KubeVirt | undefined;
  /** Told of warnings, such as deprecated fields; see `ApiWarning` for what happens without it. */
  onWarning?: WarningHandler | undefined;
  /** Tries of a request that may be repeated, the first included; default 4, 1 is no retry. */
  attempts?: number | undefined;
  /** Connections for requests; watches and streams have their own. Default 32. */
  maxConnections?: number | undefined;
  /** Told of each try of each request as soon as its outcome is known, for metrics; must not throw. */
  onRequest?: RequestObserver | undefined;
}

/** Where and how to connect, with nothing left to look up except credentials that expire. */
export interface Endpoint {
  /** Base URL; may have a path, as behind a proxy. */
  readonly server: URL;
  readonly namespace: string;
  /** What to trust; asked for before each connection, because authorities change. The same object while nothing changed. */
  readonly tls: () => Promise<TlsSettings>;
  /** Headers that authenticate a request; asked for before each request, because tokens expire. */
  readonly authenticate: () => Promise<Record<string, string>>;
}

/** The part of Node's TLS options that a connection to an API server needs. */
export interface TlsSettings {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly servername?: string | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
}
