import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { startControlPlane, type ControlPlaneOptions } from '@virtkit/apiserver';
import { createAuthority, issueCertificate } from '@virtkit/pki';
import { parse } from 'yaml';
import { Authority } from '../kubernetes/certificates.ts';
import { controlPlaneFiles } from '../kubernetes/control-plane-files.ts';
import { startKubernetes } from '../kubernetes/control-plane.ts';
import { firstRevision } from './normalise.ts';
import { Target, type Access, type ClientIdentity } from './target.ts';

/** The two servers that are compared. */
export interface Both extends AsyncDisposable {
  readonly kubernetes: Target;
  readonly ours: Target;
}

/** Environment variable with the kubeconfig of a kube-apiserver that runs already; it is not ended. */
const runningServer = 'DIFFERENTIAL_KUBECONFIG';

/** Somebody with a client certificate. */
export interface User {
  readonly name: string;
  readonly groups?: readonly string[];
}

/** How the two servers are started. */
interface BothOptions {
  readonly onProgress?: (line: string) => void;
  readonly ours?: ControlPlaneOptions;
  /** Who can be named by steps, beside the administrator, `nobody`, and `impostor`, whose certificate no one can trust. */
  readonly users?: Readonly<Record<string, User>>;
}

const administratorUser: User = { name: 'admin', groups: ['system:masters'] };

/** A machine that is busy with all of this must not look like a slow client. */
const patience = { handshakeMs: 120_000, headersMs: 120_000, requestMs: 120_000 };

/** Starts etcd and kube-apiserver, and ours in this process with everything in memory. */
export async function startBoth(options: BothOptions = {}): Promise<Both> {
  await using resources = new AsyncDisposableStack();
  const given = process.env[runningServer];
  const kubeconfig =
    given ??
    resources.use(await startKubernetes({ ...(options.onProgress && { onProgress: options.onProgress }) }))
      .kubeconfig;
  const plane = resources.use(await startControlPlane({ limits: patience, ...options.ours }));
  const impostor = await untrusted();
  const authority = await Authority.load(controlPlaneFiles(dirname(kubeconfig)).pair('ca'));
  const real = await identities(options.users, async (user) => {
    const { certificate: cert, key } = await authority.issue(user);
    return { cert, key };
  });
  const kubernetes = resources.use(
    new Target({ ...(await administrator(kubeconfig)), users: { ...real, impostor } }),
  );
  const own = await identities(options.users, async (user) => plane.issueClientCertificate(user));
  const ours = resources.use(
    new Target({
      name: 'ours',
      url: plane.url,
      ca: plane.ca,
      administrator: plane.issueClientCertificate(administratorUser),
      users: { ...own, impostor },
    }),
  );
  await Promise.all([passFirstRevision(kubernetes), passFirstRevision(ours)]);
  const owned = resources.move();
  return { kubernetes, ours, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function identities(
  users: Readonly<Record<string, User>> = {},
  issue: (user: User) => Promise<ClientIdentity>,
): Promise<Record<string, ClientIdentity>> {
  const entries = Object.entries(users).map(async ([name, user]) => [name, await issue(user)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** A certificate that is as good as the administrator's, but for its authority. */
async function untrusted(): Promise<ClientIdentity> {
  const lifetime = { now: Date.now(), durationMs: 24 * 3600_000 };
  const authority = await createAuthority({ commonName: 'nobody knows', ...lifetime });
  const { name: commonName, groups = [] } = administratorUser;
  const { certificate: cert, key } = await issueCertificate(authority, {
    ...lifetime,
    commonName,
    organizations: groups,
    usages: ['client'],
    names: [],
  });
  return { cert, key };
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
    administrator: { cert: text(user['client-certificate-data']), key: text(user['client-key-data']) },
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
