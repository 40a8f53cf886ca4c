import { podConditions, resources, type Node, type Pod } from '@virtkit/core-types';
import { defaultRegistry, imagesOf, installStrategy } from '@virtkit/install';
import { connect, isApiError, type Client } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../support/command.ts';
import { startKubernetes } from '../control-plane.ts';
import { startTimeoutMs } from './patience.ts';

const namespace = 'kubevirt';

describe('what a node agent may change', () => {
  const stack = new AsyncDisposableStack();
  let client: Client;

  /** Patches as the node agent of a node does. @returns `done`, or what the API server says */
  const patchAs = async (node: string, path: string, body: object): Promise<string> => {
    try {
      const response = await client.request({
        method: 'PATCH',
        path,
        headers: {
          'content-type': 'application/strategic-merge-patch+json',
          'impersonate-user': `system:serviceaccount:${namespace}:kubevirt-handler`,
          'impersonate-extra-authentication.kubernetes.io%2fnode-name': node,
        },
        body: JSON.stringify(body),
      });
      await response.text();
      return 'done';
    } catch (error) {
      if (isApiError(error, 'forbidden')) return error.message;
      throw error;
    }
  };
  const pod = (name: string, app: string): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { 'kubevirt.io': app } },
    spec: { nodeName: 'node-1', containers: [{ name: 'compute', image: 'none' }] },
  });

  const ready = (status: string): object => ({
    status: { conditions: [{ type: podConditions.guestReady, status }] },
  });
  const label = (key: string): object => ({ metadata: { labels: { [key]: 'x' } } });
  const launcher = '/api/v1/namespaces/default/pods/launcher/status';
  const other = '/api/v1/namespaces/default/pods/other/status';

  beforeAll(async () => {
    const kubernetes = stack.use(await startKubernetes({ onProgress: console.log }));
    client = stack.use(await connect({ kubeconfig: kubernetes.kubeconfig, onWarning: () => undefined }));
    const strategy = installStrategy({
      namespace,
      version: '0.1.0',
      registry: defaultRegistry,
      images: imagesOf({ registry: defaultRegistry, tag: '0.1.0' }),
      spec: {},
      cluster: { schedulableNodes: 1 },
    });
    const items = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      ...strategy.access,
      ...strategy.policies,
    ];
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await run(['kubectl', '--kubeconfig', kubernetes.kubeconfig, 'apply', '-f', '-'], { input: list });
    for (const name of ['node-1', 'node-2'])
      await client.resource<Node>(resources.nodes).create({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, labels: { zone: 'a' } },
      });
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'default' },
    };
    await run(['kubectl', '--kubeconfig', kubernetes.kubeconfig, 'apply', '-f', '-'], {
      input: JSON.stringify(account),
    });
    for (const one of [pod('launcher', 'virt-launcher'), pod('other', 'virt-handler')])
      await client.pods.create(one, { namespace: 'default' });
    // Policies come into force a moment after they are made.
    await waitUntil('the policies to be in force', async () => {
      const answers = [
        await patchAs('node-2', '/api/v1/nodes/node-1', label('kubevirt.io/x')),
        await patchAs('node-2', launcher, ready('False')),
      ];
      return !answers.includes('done');
    });
  }, startTimeoutMs);
  afterAll(() => stack.disposeAsync());

  it.each<[string, string, string, object, string]>([
    ['labels of its node that are its own', 'node-1', '/api/v1/nodes/node-1', label('kubevirt.io/x'), 'done'],
    ['other labels', 'node-1', '/api/v1/nodes/node-1', label('zone'), 'not kubevirt-owned'],
    ['another node', 'node-2', '/api/v1/nodes/node-1', label('kubevirt.io/x'), 'cannot modify this node'],
    ['readiness of a launcher on its node', 'node-1', launcher, ready('True'), 'done'],
    ['readiness of a launcher elsewhere', 'node-2', launcher, ready('False'), 'launchers of its own node'],
    ['a Pod that is no launcher', 'node-1', other, ready('True'), 'launchers of its own node'],
    ['the phase of a Pod', 'node-1', launcher, { status: { phase: 'Failed' } }, 'only modify the condition'],
    [
      'other conditions of a Pod',
      'node-1',
      launcher,
      { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
      'only modify the condition',
    ],
    ['labels of a Pod', 'node-1', launcher, label('a'), 'beyond their status'],
  ])('%s', async (_, node, path, body, expected) => {
    const answer = await patchAs(node, path, body);
    if (expected === 'done') expect(answer).toBe('done');
    else expect(answer).toContain(expected);
  });
});
