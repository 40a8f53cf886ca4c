import { afterEach, beforeEach } from 'vitest';
import { silentLogger } from '@virtkit/controllers/runtime';
import { runVirtController } from '../src/index.ts';
import { quietNode, runFakeNode } from './fake-node.ts';
import { startTestCluster, type TestCluster } from './test-cluster.ts';

/** For each test of a file a cluster of its own, with a node on which everything goes well, and virt-controller at work in it. */
export function runningCluster(): () => TestCluster {
  let cluster: TestCluster;
  let stop: AbortController;
  let running: Promise<unknown>;

  beforeEach(async () => {
    cluster = await startTestCluster();
    stop = new AbortController();
    const { signal } = stop;
    const clients = {
      scheduler: await cluster.as('system:kube-scheduler'),
      kubelet: await cluster.as('system:node:node-1'),
      handler: await cluster.as('system:serviceaccount:kubevirt:kubevirt-handler'),
    };
    running = Promise.all([
      runFakeNode(clients, quietNode(), signal, silentLogger),
      runVirtController({
        client: await cluster.as('system:serviceaccount:kubevirt:kubevirt-controller'),
        signal,
        config: { launcherImage: 'virtkit.dev/virt-launcher:0.1.0', eventDelayMs: 0 },
      }),
    ]);
  });

  afterEach(async () => {
    stop.abort(new Error('test over'));
    await running;
    await cluster[Symbol.asyncDispose]();
  });

  return () => cluster;
}
