import { readFile } from 'node:fs/promises';
import { startControlPlane, type ControlPlaneOptions } from '@virtkit/apiserver';
import { parse } from 'yaml';
import { startKubernetes } from '../kubernetes/control-plane.ts';
import { firstRevision } from './normalise.ts';
import { Target, type Access } from './target.ts';

/** The two servers that are compared. */
export interface Both extends AsyncDisposable {
  readonly kubernetes: Target;
  readonly ours: Target;
}

/** Environment variable with the kubeconfig of a kube-apiserver that runs already; it is not ended. */
const runningServer = 'DIFFERENTIAL_KUBECONFIG';

/** Starts etcd and kube-apiserver, and ours in this process with everything in memory. */
export async function startBoth(
  options: { onProgress?: (line: string) => void; ours?: ControlPlaneOptions } = {},
): Promise<Both> {
  await using resources = new AsyncDisposableStack();
  const given = process.env[runningServer];
  const kubeconfig =
    given ??
    resources.use(await startKubernetes({ ...(options.onProgress && { onProgress: options.onProgress }) }))
      .kubeconfig;
  const plane = resources.use(await startControlPlane(options.ours ?? {}));
  const kubernetes = resources.use(new Target(await administrator(kubeconfig)));
  const ours = resources.use(new Target({ name: 'ours', url: plane.url, ca: plane.ca, token: plane.token }));
  await Promise.all([passFirstRevision(kubernetes), passFirstRevision(ours)]);
  const owned = resources.move();
  return { kubernetes, ours, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

interface Kubeconfig {
  clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
  users: [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
}

/** How the administrator's kubeconfig reaches the server. */
async function administrator(file: string): Promise<Access> {
  const { clusters, users } = parse(await readFile(file, 'utf8')) as Kubeconfig;
  const text = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
  const { cluster } = clusters[0];
  const { user } = users[0];
  return {
    name: 'kubernetes',
    url: cluster.server,
    ca: text(cluster['certificate-authority-data']),
    identity: { cert: text(user['client-certificate-data']), key: text(user['client-key-data']) },
  };
}

/** Writes until revisions are great enough to be told from other numbers. */
async function passFirstRevision(target: Target): Promise<void> {
  const body = { metadata: { name: `revisions-${process.pid}-${Date.now()}` } };
  const path = '/api/v1/namespaces/default/configmaps';
  let { body: object } = await target.call({ method: 'POST', path, body });
  for (let attempt = 0; revisionOf(object) < firstRevision; attempt += 1) {
    if (attempt > firstRevision) throw new Error(`${target.name}: ${JSON.stringify(object)}`);
    ({ body: object } = await target.call({
      method: 'PATCH',
      path: `${path}/${body.metadata.name}`,
      type: 'application/merge-patch+json',
      body: { data: { attempt: String(attempt) } },
    }));
  }
  await target.call({ method: 'DELETE', path: `${path}/${body.metadata.name}` });
}

function revisionOf(object: unknown): number {
  return Number((object as { metadata?: { resourceVersion?: string } }).metadata?.resourceVersion ?? 0);
}
