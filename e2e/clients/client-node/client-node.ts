import type { KubeConfig } from '@kubernetes/client-node';
import type { Entry } from '../entries.ts';
import { configOf, makeNamespace } from '../preparation.ts';
import type { Server } from '../servers.ts';
import { Recorder } from './recorder.ts';

/** What is done with @kubernetes/client-node, and what of it is kept. */
export type Calls = (config: KubeConfig, namespace: string, recorder: Recorder) => Promise<void>;

/** What @kubernetes/client-node sees at a server, in a namespace that is made for it. */
export async function clientNodeAt(
  server: Server,
  namespace: string,
  calls: Calls,
): Promise<readonly Entry[]> {
  await makeNamespace(server, namespace);
  const recorder = new Recorder();
  await calls(configOf(server.kubeconfig), namespace, recorder);
  return recorder.entries;
}
