import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestRecord } from '@virtkit/apiserver';
import { controllerRevisions } from '@virtkit/controllers';
import { waitUntil } from '@virtkit/testing';
import { jsonLogger } from '@virtkit/program';
import { runVirtController } from '../src/index.ts';
import { quietNode, runFakeNode, type NodeBehaviour } from './fake-node.ts';
import { machine, startTestCluster, type TestCluster } from './test-cluster.ts';

const controllerUser = 'system:serviceaccount:kubevirt:kubevirt-controller';

let cluster: TestCluster;
let node: NodeBehaviour;
let stop: AbortController;
let running: Promise<unknown>;
let log: string[];

beforeEach(async () => {
  cluster = await startTestCluster();
  node = quietNode();
  log = [];
  const logger = jsonLogger('test', (line) => log.push(line), { level: 'debug' });
  stop = new AbortController();
  const { signal } = stop;
  const clients = {
    scheduler: await cluster.as('system:kube-scheduler'),
    kubelet: await cluster.as('system:node:node-1'),
    handler: await cluster.as('system:serviceaccount:kubevirt:kubevirt-handler'),
  };
  running = Promise.all([
    runFakeNode(clients, node, signal, logger),
    runVirtController({
      client: await cluster.as(controllerUser),
      signal,
      logger,
      config: { launcherImage: 'virtkit.dev/virt-launcher:0.1.0', eventDelayMs: 0 },
    }),
  ]);
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    console.log(`${cluster.writes.map(name).join('\n')}\n${log.slice(-40).join('')}`);
  stop.abort(new Error('test over'));
  await running;
  await cluster[Symbol.asyncDispose]();
});

const vm = async (name: string) => cluster.client.virtualMachines.get(name);
const vmi = async (name: string) =>
  (await cluster.client.virtualMachineInstances.list()).items.find(({ metadata }) => metadata.name === name);
const printable = (name: string, status: string) =>
  waitUntil(`${name} is ${status}`, async () => (await vm(name)).status?.printableStatus === status);

const name = ({ verb, resource, subresource, user }: RequestRecord) =>
  `${verb} ${resource ?? ''}${subresource === undefined ? '' : `/${subresource}`} by ${user?.split(':').at(-1) ?? ''}`;

describe('virt-controller', () => {
  it('brings a machine to Running within the budget of writes, and to Ready with few more', async () => {
    await cluster.client.virtualMachines.create(machine('one'));
    await printable('one', 'Running');
    await waitUntil('one is ready', async () => (await vm('one')).status?.ready === true);
    const writes = cluster.writes.map(name);
    // That it starts is not said before it runs, unless it takes long.
    const runningAt = writes.indexOf('patch virtualmachines/status by kubevirt-controller');
    const toRunning = writes.slice(0, runningAt + 1);
    const instanceUpdates = writes.filter((write) => write.startsWith('patch virtualmachineinstances'));
    console.log(`writes to Running: ${toRunning.length}\n  ${toRunning.join('\n  ')}`);
    console.log(`writes from Running to Ready: ${writes.slice(runningAt + 1).join(', ')}`);
    expect(toRunning.length).toBeLessThanOrEqual(10);
    expect(instanceUpdates.length).toBeLessThanOrEqual(3);

    const instance = (await vmi('one'))!;
    expect(instance.status?.nodeName).toBe('node-1');
    expect(instance.metadata.labels?.['kubevirt.io/nodeName']).toBe('node-1');
    expect(Object.values(instance.status?.activePods ?? {})).toEqual(['node-1']);
    expect(instance.status?.phaseTransitionTimestamps?.map(({ phase }) => phase)).toEqual([
      'Pending',
      'Scheduling',
      'Scheduled',
      'Running',
    ]);
    const status = (await vm('one')).status!;
    expect(status).toMatchObject({
      created: true,
      runStrategy: 'Always',
      observedGeneration: 1,
      desiredGeneration: 1,
    });
  });

  it('says that a machine starts when that takes long', async () => {
    node.unseen.add('slow');
    await cluster.client.virtualMachines.create(machine('slow'));
    await printable('slow', 'Starting');
    expect((await vm('slow')).status).toMatchObject({ created: true, runStrategy: 'Always' });
    node.unseen.delete('slow');
    const [pod] = (await cluster.client.pods.list()).items;
    await cluster.client.pods.patch(pod!.metadata.name!, {
      type: 'merge',
      body: { metadata: { labels: { seen: 'yes' } } },
    });
    await printable('slow', 'Running');
  });

  it('writes nothing more once a machine is ready', async () => {
    await cluster.client.virtualMachines.create(machine('calm'));
    await waitUntil('calm is ready', async () => (await vm('calm')).status?.ready === true);
    await waitUntil('nothing is written', quiet(cluster));
    const before = cluster.writes.length;
    // A change that means nothing to the controllers makes them look, and no more.
    await cluster.client.virtualMachines.patch('calm', {
      type: 'merge',
      body: { metadata: { labels: { a: 'b' } } },
    });
    await waitUntil('nothing is written', quiet(cluster));
    expect(cluster.writes.slice(before).map(name)).toEqual(['patch virtualmachines by kubernetes-admin']);
  });

  it('writes down the identity that a machine of before has had in its instances, without a restart', async () => {
    const legacy = machine('testvm');
    const { domain } = legacy.spec.template.spec!;
    delete domain.firmware;
    await cluster.client.virtualMachines.create(legacy);
    await printable('testvm', 'Running');
    const uuid = '5a9fc181-957e-5c32-9e5a-2de5e9673531';
    const identified = async () => (await vm('testvm')).spec.template.spec?.domain.firmware?.uuid === uuid;
    await waitUntil('the machine is identified', identified);
    expect((await vmi('testvm'))!.spec.domain.firmware?.uuid).toBe(uuid);
    await waitUntil('nothing is written', quiet(cluster));
    const { status } = await vm('testvm');
    expect(status?.conditions?.map(({ type }) => type)).not.toContain('RestartRequired');
  });

  it('deletes everything with the machine', async () => {
    await cluster.client.virtualMachines.create(machine('gone'));
    await printable('gone', 'Running');
    await cluster.client.virtualMachines.delete('gone');
    await waitUntil(
      'the machine is gone',
      async () => (await cluster.client.virtualMachines.list()).items.length === 0,
    );
    expect((await cluster.client.virtualMachineInstances.list()).items).toEqual([]);
    await waitUntil('the pods are gone', async () => (await cluster.client.pods.list()).items.length === 0);
  });

  it('halts and starts again', async () => {
    await cluster.client.virtualMachines.create(machine('two'));
    await printable('two', 'Running');
    const first = (await vmi('two'))!.metadata.uid;
    const strategy = (runStrategy: string) =>
      cluster.client.virtualMachines.patch('two', { type: 'merge', body: { spec: { runStrategy } } });
    await strategy('Halted');
    await printable('two', 'Stopped');
    await strategy('Always');
    await printable('two', 'Running');
    expect((await vmi('two'))!.metadata.uid).not.toBe(first);
    // Only the copy of the last start is kept.
    const revisions = await cluster.client.resource(controllerRevisions).list();
    expect(revisions.items.map(({ revision }) => revision)).toEqual([3]);
  });

  it('restarts on request', async () => {
    await cluster.client.virtualMachines.create(machine('again', { runStrategy: 'Manual' }));
    const request = (stateChangeRequests: object[]) =>
      cluster.client.virtualMachines.patch(
        'again',
        { type: 'merge', body: { status: { stateChangeRequests } } },
        { subresource: 'status' },
      );
    await request([{ action: 'Start' }]);
    await printable('again', 'Running');
    const { uid } = (await vmi('again'))!.metadata;
    await request([{ action: 'Stop', uid }, { action: 'Start' }]);
    await waitUntil('another instance runs', async () => {
      const instance = await vmi('again');
      return instance?.metadata.uid !== uid && instance?.status?.phase === 'Running';
    });
    await waitUntil(
      'no request is left',
      async () => (await vm('again')).status?.stateChangeRequests === undefined,
    );
  });

  it('backs off when guests never run', async () => {
    node.failing.add('crash');
    await cluster.client.virtualMachines.create(machine('crash'));
    await printable('crash', 'CrashLoopBackOff');
    const { startFailure } = (await vm('crash')).status!;
    expect(startFailure?.consecutiveFailCount).toBe(1);
    await waitUntil('the failed instance is gone', async () => (await vmi('crash')) === undefined);
    expect(Date.parse(startFailure!.retryAfterTimestamp!)).toBeGreaterThan(Date.now() + 5_000);
  });

  it('runs a Succeeded guest again only when Always says so', async () => {
    await cluster.client.virtualMachines.create(machine('rerun', { runStrategy: 'RerunOnFailure' }));
    await printable('rerun', 'Running');
    node.ending.set('rerun', 'Succeeded');
    await touch('rerun');
    await printable('rerun', 'Stopped');
    await waitUntil('the instance is gone', async () => (await vmi('rerun')) === undefined);

    await cluster.client.virtualMachines.create(machine('rerun-failed', { runStrategy: 'RerunOnFailure' }));
    await printable('rerun-failed', 'Running');
    const { uid } = (await vmi('rerun-failed'))!.metadata;
    node.ending.set('rerun-failed', 'Failed');
    await touch('rerun-failed');
    await waitUntil('another instance runs', async () => {
      const instance = await vmi('rerun-failed');
      return instance?.metadata.uid !== uid && instance?.status?.phase === 'Running';
    });
  });

  it('shows why a pod does not start', async () => {
    node.unschedulable.add('nowhere');
    await cluster.client.virtualMachines.create(machine('nowhere'));
    await printable('nowhere', 'ErrorUnschedulable');
    node.unpullable.add('no-image');
    await cluster.client.virtualMachines.create(machine('no-image'));
    await printable('no-image', 'ErrImagePull');
    await cluster.client.virtualMachines.delete('nowhere');
    await waitUntil('it can be deleted all the same', async () => (await vmi('nowhere')) === undefined);
  });

  it('fails an instance whose launcher pod vanishes, and starts another', async () => {
    await cluster.client.virtualMachines.create(machine('lost'));
    await printable('lost', 'Running');
    const { uid } = (await vmi('lost'))!.metadata;
    const [pod] = (await cluster.client.pods.list()).items;
    await cluster.client.pods.delete(pod!.metadata.name!, { gracePeriodSeconds: 0 });
    await waitUntil('another instance runs', async () => {
      const instance = await vmi('lost');
      return instance?.metadata.uid !== uid && instance?.status?.phase === 'Running';
    });
  });

  it('refuses what it does not offer, in a condition', async () => {
    const template = { metadata: { name: 'disk' }, spec: { source: { blank: {} } } };
    await cluster.client.virtualMachines.create(machine('dv', { dataVolumeTemplates: [template] }));
    const failure = await waitUntil('the refusal shows', async () =>
      (await vm('dv')).status?.conditions?.find(({ type }) => type === 'Failure'),
    );
    expect(failure).toMatchObject({ status: 'True', reason: 'UnsupportedSyncError' });
    expect(failure.message).toContain('spec.dataVolumeTemplates');
  });

  it('tells of starts in events', async () => {
    await cluster.client.virtualMachines.create(machine('told'));
    const reasons = await waitUntil('events are there', async () => {
      const events = (await cluster.client.events.list()).items;
      return (
        events.length >= 2 &&
        events.map(({ involvedObject, reason }) => `${involvedObject.kind ?? ''} ${reason ?? ''}`)
      );
    });
    expect(reasons.sort()).toEqual([
      'VirtualMachine SuccessfulCreate',
      'VirtualMachineInstance SuccessfulCreate',
    ]);
  });
});

/** Makes the node look at the instance. */
async function touch(instance: string): Promise<void> {
  const body = { metadata: { annotations: { touched: 'yes' } } };
  await cluster.client.virtualMachineInstances.patch(instance, { type: 'merge', body });
}

/** True when two looks, some time apart, see the same number of writes. */
function quiet({ writes }: TestCluster): () => Promise<boolean> {
  return async () => {
    const before = writes.length;
    await new Promise((resolve) => setTimeout(resolve, 250));
    return writes.length === before;
  };
}
