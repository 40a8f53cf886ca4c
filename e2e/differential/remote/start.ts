import { generateCertificates } from '@virtkit/apiserver';
import type { Both } from '../both.ts';
import type { Remotes } from '../run-all.ts';
import type { Target } from '../target.ts';
import { RemoteServer } from './server.ts';

/** Starts a server behind each of the two API servers. Both have the same certificate, which is good for `*.default.svc`. */
export async function startRemotes(both: Both): Promise<Remotes & AsyncDisposable> {
  await using resources = new AsyncDisposableStack();
  const certificates = await generateCertificates(['127.0.0.1', '*.default.svc']);
  const start = async (target: Target): Promise<RemoteServer> =>
    resources.use(await RemoteServer.start(certificates, await frontProxyAuthority(target)));
  const [kubernetes, ours] = [await start(both.kubernetes), await start(both.ours)];
  const owned = resources.move();
  return { kubernetes, ours, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** What signed the certificate with which an API server calls aggregated servers, as it tells them itself. */
async function frontProxyAuthority(target: Target): Promise<string> {
  const { body } = await target.call({
    method: 'GET',
    path: '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication',
  });
  const { data } = body as { data?: Record<string, string> };
  const authority = data?.['requestheader-client-ca-file'];
  if (authority === undefined)
    throw new Error(`${target.name} does not publish the front proxy's authority: ${JSON.stringify(body)}`);
  return authority;
}
