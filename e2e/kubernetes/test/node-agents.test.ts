import type { KubernetesObject, VirtualMachineInstance } from '@virtkit/core-types';
import { imagesOf, installKindOf, installStrategy } from '@virtkit/install';
import { connect, type Client } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../support/command.ts';
import { startKubernetes, type Kubernetes } from '../control-plane.ts';
import { startTimeoutMs } from './patience.ts';

const namespace = 'kubevirt';
const forbidden = { code: 'forbidden' };

describe('what a node agent may change', () => {
  let kubernetes: Kubernetes;
  let admin: Client;
  /** With the token of a node agent's Pod on node-1, and with one that is bound to no Pod. */
  let agent: Client;
  let unbound: Client;
  const stack = new AsyncDisposableStack();

  const kubectl = async (...args: string[]): Promise<string> =>
    (await run(['kubectl', '--kubeconfig', kubernetes.kubeconfig, ...args])).stdout.trim();
  const agentWith = async (...bound: string[]): Promise<Client> => {
    const token = await kubectl('create', 'token', 'kubevirt-handler', '-n', namespace, ...bound);
    return stack.use(await connect({ server: kubernetes.url, ca: kubernetes.authority, token, attempts: 1 }));
  };
  const instance = (name: string, nodeName: string, targetNode?: string): VirtualMachineInstance => ({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name, namespace: 'default' },
    spec: { domain: { devices: {} } },
    status: {
      phase: 'Scheduled',
      nodeName,
      ...(targetNode !== undefined && { migrationState: { targetNode } }),
    },
  });

  beforeAll(async () => {
    kubernetes = stack.use(await startKubernetes({ onProgress: console.log }));
    admin = stack.use(await connect({ kubeconfig: kubernetes.kubeconfig }));
    await admin.namespaces.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const strategy = installStrategy({
      namespace,
      version: '0.1.0',
      registry: 'virtkit.dev',
      images: imagesOf({ registry: 'virtkit.dev', tag: '0.1.0' }),
      spec: {},
      cluster: { schedulableNodes: 1 },
    });
    const instances = strategy.definitions.filter(
      ({ spec }) => spec.names.plural === 'virtualmachineinstances',
    );
    const objects: KubernetesObject[] = [...strategy.access, ...instances, ...strategy.policies];
    for (const object of objects) await admin.resource(installKindOf(object)!).create(object);
    for (const name of ['node-1', 'node-2'])
      await admin.nodes.create({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { zone: 'a' } } });
    await admin.pods.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'agent', namespace },
      spec: {
        nodeName: 'node-1',
        serviceAccountName: 'kubevirt-handler',
        containers: [{ name: 'agent', image: 'none' }],
      },
    });
    agent = await agentWith('--bound-object-kind', 'Pod', '--bound-object-name', 'agent');
    unbound = await agentWith();
    await waitUntil('instances are served', async () => {
      const made = await run(
        ['kubectl', '--kubeconfig', kubernetes.kubeconfig, 'get', 'virtualmachineinstances', '-A'],
        { mayFail: true },
      );
      return made.exitCode === 0;
    });
    for (const object of [
      instance('here', 'node-1'),
      instance('there', 'node-2'),
      instance('coming', 'node-2', 'node-1'),
    ])
      await admin.virtualMachineInstances.create(object);
    await waitUntil('the policies are in force', async () => {
      const tried = agent.nodes.patch('node-2', {
        type: 'merge',
        body: { metadata: { labels: { 'kubevirt.io/a': 'b' } } },
      });
      return tried.then(
        () => false,
        () => true,
      );
    });
  }, startTimeoutMs);
  afterAll(() => stack.disposeAsync());

  describe('of nodes', () => {
    it.each<[string, object]>([
      [
        'labels of KubeVirt',
        { metadata: { labels: { 'kubevirt.io/schedulable': 'true', cpumanager: 'false' } } },
      ],
      ['labels of Virtkit', { metadata: { labels: { 'virtkit.dev/hypervisor.kvm-qemu': 'true' } } }],
      ['annotations of KubeVirt', { metadata: { annotations: { 'kubevirt.io/heartbeat': 'now' } } }],
    ])('its own: %s', async (_name, body) => {
      await agent.nodes.patch('node-1', { type: 'merge', body });
    });

    it.each<[string, object, string]>([
      ['a label of others', { metadata: { labels: { zone: 'b' } } }, 'cannot update'],
      [
        'a new label of others',
        { metadata: { labels: { 'node-role.kubernetes.io/x': '' } } },
        'cannot add or delete',
      ],
      ['a label of others that goes', { metadata: { labels: { zone: null } } }, 'cannot add or delete'],
      ['an annotation of others', { metadata: { annotations: { other: 'x' } } }, 'cannot add or delete'],
      ['where it takes Pods', { spec: { unschedulable: true } }, 'modify spec'],
      ['finalizers', { metadata: { finalizers: ['example.com/x'] } }, 'allowed metadata'],
    ])('not %s', async (_name, body, message) => {
      await expect(agent.nodes.patch('node-1', { type: 'merge', body })).rejects.toMatchObject({
        ...forbidden,
        message: expect.stringContaining(message) as string,
      });
    });

    it('not others, and none without a node', async () => {
      const body = { metadata: { labels: { 'kubevirt.io/schedulable': 'true' } } };
      await expect(agent.nodes.patch('node-2', { type: 'merge', body })).rejects.toMatchObject(forbidden);
      await expect(unbound.nodes.patch('node-1', { type: 'merge', body })).rejects.toMatchObject(forbidden);
    });
  });

  describe('of instances', () => {
    const body = { status: { phase: 'Running' } };
    const patch = (client: Client, name: string, change: object = body) =>
      client.virtualMachineInstances.patch(name, { type: 'merge', body: change }, { namespace: 'default' });

    it.each(['here', 'coming'])('what it sees of one that is %s', async (name) => {
      expect((await patch(agent, name)).status?.phase).toBe('Running');
    });

    it('nothing of one on another node, and none without a node', async () => {
      await expect(patch(agent, 'there')).rejects.toMatchObject(forbidden);
      await expect(patch(unbound, 'here')).rejects.toMatchObject(forbidden);
    });

    it.each<[string, object]>([
      ['what it is', { spec: { terminationGracePeriodSeconds: 1 } }],
      [
        'whose it is',
        { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'x', uid: 'y' }] } },
      ],
    ])('not %s', async (_name, change) => {
      await expect(patch(agent, 'here', change)).rejects.toMatchObject(forbidden);
    });

    it('an administrator may all of it', async () => {
      await patch(admin, 'there', { spec: { terminationGracePeriodSeconds: 1 } });
      await admin.nodes.patch('node-1', { type: 'merge', body: { metadata: { labels: { zone: 'b' } } } });
    });
  });
});
