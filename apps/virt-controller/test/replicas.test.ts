// Replica sets and pools, in a cluster.
import { describe, expect, it } from 'vitest';
import { resources } from '@virtkit/core-types';
import { waitUntil } from '@virtkit/testing';
import { runningCluster } from './running-cluster.ts';
import { machine } from './test-cluster.ts';

const cluster = runningCluster();

describe('a replica set', () => {
  it('keeps its number of instances', async () => {
    const sets = cluster().client.resource(resources.virtualMachineInstanceReplicaSets);
    const { spec } = machine('template').spec.template;
    const labels = { app: 'web' };
    await sets.create({
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachineInstanceReplicaSet',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: { metadata: { labels, annotations: { 'virtkit.dev/hypervisor': 'mock' } }, spec },
      },
    });
    const counts = async () => (await sets.get('web')).status;
    await waitUntil('three are ready', async () => (await counts())?.readyReplicas === 3);
    expect(await counts()).toMatchObject({ replicas: 3, labelSelector: 'app=web' });
    const instances = async () => (await cluster().client.virtualMachineInstances.list()).items;
    const [lost] = await instances();
    await cluster().client.virtualMachineInstances.delete(lost!.metadata.name!);
    await waitUntil('the lost one is replaced', async () => {
      const names = (await instances()).map(({ metadata }) => metadata.name);
      return names.length === 3 && !names.includes(lost!.metadata.name);
    });
    await sets.patch('web', { type: 'merge', body: { spec: { replicas: 1 } } });
    await waitUntil(
      'one is left',
      async () => (await instances()).length === 1 && (await counts())?.replicas === 1,
    );
    await sets.patch('web', { type: 'merge', body: { spec: { replicas: 2, paused: true } } });
    await waitUntil('it is paused', async () =>
      (await counts())?.conditions?.some(({ type }) => type === 'ReplicaPaused'),
    );
    expect(await instances()).toHaveLength(1);
    await sets.delete('web');
    await waitUntil('its instances are gone', async () => (await instances()).length === 0);
  });
});

describe('a pool', () => {
  const labels = { app: 'db' };
  const pools = () => cluster().client.resource(resources.virtualMachinePools);
  const machines = async () => (await cluster().client.virtualMachines.list()).items;
  const names = async () => (await machines()).map(({ metadata }) => metadata.name).sort();
  const readyReplicas = async () => (await pools().get('db')).status?.readyReplicas;

  async function createPool(): Promise<void> {
    await pools().create({
      apiVersion: 'pool.kubevirt.io/v1beta1',
      kind: 'VirtualMachinePool',
      metadata: { name: 'db', namespace: 'default' },
      spec: {
        replicas: 2,
        maxUnavailable: 1,
        selector: { matchLabels: labels },
        scaleInStrategy: { proactive: { selectionPolicy: { sortPolicy: 'DescendingOrder' } } },
        virtualMachineTemplate: { metadata: { labels }, spec: machine('template').spec },
      },
    });
    await waitUntil('two are ready', async () => (await readyReplicas()) === 2);
  }

  it('keeps its number of machines', async () => {
    await createPool();
    expect(await names()).toEqual(['db-0', 'db-1']);
    await pools().patch('db', { type: 'merge', body: { spec: { replicas: 3 } } });
    await waitUntil('three are ready', async () => (await readyReplicas()) === 3);
    await cluster().client.virtualMachines.delete('db-0');
    await waitUntil('another of the same name is ready', async () => {
      const [first] = await machines();
      return (
        (await readyReplicas()) === 3 &&
        first?.metadata.deletionTimestamp === undefined &&
        (await names()).includes('db-0')
      );
    });
    await pools().patch('db', { type: 'merge', body: { spec: { replicas: 1 } } });
    await waitUntil('one is left', async () => (await names()).join() === 'db-0');
    await pools().delete('db');
    await waitUntil('its machines are gone', async () => (await names()).length === 0);
  });

  it('rolls a change of its template out, one machine after the other', async () => {
    await createPool();
    const spec = machine('template').spec.template.spec!;
    const instances = async () => (await cluster().client.virtualMachineInstances.list()).items;
    const before = new Set((await instances()).map(({ metadata }) => metadata.uid));
    const template = { spec: { ...spec, hostname: 'changed' } };
    await pools().patch('db', {
      type: 'merge',
      body: { spec: { virtualMachineTemplate: { spec: { template } } } },
    });
    let fewest = 2;
    await waitUntil('both run what the template says', async () => {
      const all = await instances();
      const ready = all.filter(
        ({ metadata, status }) => metadata.deletionTimestamp === undefined && status?.phase === 'Running',
      );
      fewest = Math.min(fewest, ready.length);
      return (
        ready.length === 2 &&
        all.every((one) => one.spec.hostname === 'changed' && !before.has(one.metadata.uid))
      );
    });
    expect(fewest).toBeGreaterThanOrEqual(1);
    await waitUntil('only the copy of the present spec is kept', async () => {
      const { items } = await cluster().client.resource(resources.controllerRevisions).list();
      const kept = items.filter(({ metadata }) => metadata.name?.startsWith('db-'));
      return kept.length === 1 && kept[0]?.metadata.name === 'db-2';
    });
  });
});
