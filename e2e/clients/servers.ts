import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControlPlane, type ControlPlaneOptions } from '@virtkit/apiserver';
import { startKubernetes } from '../kubernetes/control-plane.ts';

/** One of the two servers that clients are run against. */
export interface Server {
  readonly name: 'kubernetes' | 'ours';
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  /** File of the administrator: a client certificate for `admin` of the group `system:masters`, at both servers. */
  readonly kubeconfig: string;
  /** Makes the server unable to continue watches from before: it answers them with 410. Connections may be cut by it. */
  forget(): Promise<void>;
}

/** Both of them. */
export interface Servers extends AsyncDisposable {
  readonly kubernetes: Server;
  readonly ours: Server;
}

/** What is started besides etcd and kube-apiserver, and how ours differs from its defaults. */
export interface ServerOptions {
  /** Whether kube-controller-manager runs, and ours does what it does of that: what new namespaces get. */
  readonly controllerManager?: boolean;
  readonly ours?: ControlPlaneOptions;
}

/** The minor version whose answers are ours to give, whichever other tests run on. */
export const comparedMinor = '1.36';

const administrator = { name: 'admin', groups: ['system:masters'] };

/** Starts both servers, ours in this process with everything in memory. */
export async function startServers({
  controllerManager = false,
  ours,
}: ServerOptions = {}): Promise<Servers> {
  await using resources = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'virtkit-clients-'));
  resources.defer(() => rm(folder, { recursive: true }));
  const kubernetes = resources.use(await startKubernetes({ minor: comparedMinor, controllerManager }));
  const plane = resources.use(await startControlPlane({ namespaceDefaults: controllerManager, ...ours }));
  const kubeconfig = join(folder, 'kubeconfig');
  const certificate = plane.issueClientCertificate(administrator);
  await writeFile(kubeconfig, plane.kubeconfig({ user: administrator.name, certificate }), { mode: 0o600 });
  const owned = resources.move();
  return {
    kubernetes: {
      name: 'kubernetes',
      url: kubernetes.url,
      kubeconfig: kubernetes.kubeconfig,
      // Its watch cache begins with the state that it finds when it starts.
      forget: () => kubernetes.restart('kube-apiserver'),
    },
    ours: {
      name: 'ours',
      url: plane.url,
      kubeconfig,
      forget: async () => void plane.compact({ revisions: 0, ageMs: 0 }),
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
