import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { Authority, type KeyPair } from './certificates.ts';
import { controlPlaneFiles } from './control-plane-files.ts';
import type { Kubernetes } from './control-plane.ts';
import type { InstalledVirtApi } from './installed-virt-api.ts';

/** Who a test pretends to be when it asks virt-api without the API server in between. */
export type Caller =
  /** Shows no certificate. */
  | 'nobody'
  /** The API server's own identity. */
  | 'front-proxy-client'
  /** Signed by the front proxy's authority, with another name. */
  | 'somebody-else'
  /** An ordinary client certificate of the cluster, of somebody who has named himself as the front proxy. */
  | 'cluster-user';

/** The certificate of a caller. */
export async function frontProxyIdentity(
  kubernetes: Kubernetes,
  caller: Caller,
): Promise<KeyPair | undefined> {
  if (caller === 'nobody') return undefined;
  const files = controlPlaneFiles(kubernetes.folder);
  const authority = await Authority.load(files.pair(caller === 'cluster-user' ? 'ca' : 'front-proxy-ca'));
  return authority.issue({ name: caller === 'cluster-user' ? 'front-proxy-client' : caller });
}

export interface DirectRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly identity?: KeyPair | undefined;
}

/** Asks virt-api directly. */
export async function directRequest(
  { url, certificates }: InstalledVirtApi,
  { method, path, headers, body, identity }: DirectRequest,
): Promise<{ status: number | undefined; body: string }> {
  const { hostname, port } = new URL(url);
  const call = request({
    host: hostname,
    port,
    // As it stands: a URL would be normalized.
    path,
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
    agent: false,
    ca: certificates.authority.certificate,
    ...(identity === undefined ? {} : { cert: identity.certificate, key: identity.key }),
  });
  call.end(body);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}
