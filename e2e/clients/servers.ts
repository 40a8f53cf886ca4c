import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControlPlane, type ControlPlane, type ControlPlaneOptions } from '@virtkit/apiserver';
import { startKubernetes } from '../kubernetes/control-plane.ts';
import { settled } from './together.ts';

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
export interface Pair {
  readonly kubernetes: Server;
  readonly ours: Server;
}

/** A pair that was started. */
export interface Servers extends Pair, AsyncDisposable {
  /**
   * Starts kube-controller-manager beside the one, which was left alone before, and another one of ours, which does what it
   * does of that: what new namespaces get. Nothing was made in that one.
   */
  withControllers(prepare: (server: Server) => Promise<void>): Promise<Pair>;
}

/** The minor version whose answers are ours to give, whichever other tests run on. */
export const comparedMinor = '1.36';

const administrator = { name: 'admin', groups: ['system:masters'] };

/** Does the same at both servers. @returns what came of it at each */
export const atBoth = <T>(
  pair: Pair,
  work: (server: Server) => Promise<T>,
): Promise<[kubernetes: T, ours: T]> => settled<[T, T]>([work(pair.kubernetes), work(pair.ours)]);

/** Starts both servers without controllers, ours in this process with everything in memory. */
export async function startServers(): Promise<Servers> {
  await using resources = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'virtkit-clients-'));
  resources.defer(() => rm(folder, { recursive: true }));
  const startOurs = async (
    stack: AsyncDisposableStack,
    name: string,
    options: ControlPlaneOptions,
  ): Promise<Server> => serverOf(stack.use(await startControlPlane(options)), join(folder, name));
  const plane = resources.use(await startKubernetes({ minor: comparedMinor }));
  const kubernetes: Server = {
    name: 'kubernetes',
    url: plane.url,
    kubeconfig: plane.kubeconfig,
    // Its watch cache begins with the state that it finds when it starts.
    forget: () => plane.restart('kube-apiserver'),
  };
  const ours = await startOurs(resources, 'kubeconfig', {});
  const owned = resources.move();
  return {
    kubernetes,
    ours,
    withControllers: async (prepare) => {
      const pair = {
        kubernetes,
        ours: await startOurs(owned, 'with-controllers', { namespaceDefaults: true }),
      };
      await atBoth(pair, prepare);
      await plane.start('kube-controller-manager');
      return pair;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** One of ours, with a kubeconfig in a file. */
async function serverOf(plane: ControlPlane, kubeconfig: string): Promise<Server> {
  const certificate = plane.issueClientCertificate(administrator);
  await writeFile(kubeconfig, plane.kubeconfig({ user: administrator.name, certificate }), { mode: 0o600 });
  return {
    name: 'ours',
    url: plane.url,
    kubeconfig,
    forget: async () => void plane.compact({ revisions: 0, ageMs: 0 }),
  };
}
