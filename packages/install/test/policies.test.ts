// The installed policies, on a server that evaluates them.
import { request as httpsRequest } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startControlPlane, type ControlPlane } from '@virtkit/apiserver';
import { podConditions } from '@virtkit/core-types';
import { imagesOf, installStrategy } from '@virtkit/install';

const namespace = 'kubevirt';
const admission = '/apis/admissionregistration.k8s.io/v1';
const instances = '/apis/kubevirt.io/v1/namespaces/default/virtualmachineinstances';
const nodes = '/api/v1/nodes';
const pods = '/api/v1/namespaces/default/pods';
const ready = podConditions.guestReady;

let plane: ControlPlane;
let agent: string;

interface Answer {
  code: number;
  body: { message?: string; metadata?: object };
}

function ask(token: string, method: string, path: string, body: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const outgoing = httpsRequest(`${plane.url}${path}`, {
      method,
      ca: plane.ca,
      headers: { authorization: `Bearer ${token}`, 'content-type': type },
    });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.once('end', () =>
        resolve({ code: response.statusCode ?? 0, body: JSON.parse(text) as Answer['body'] }),
      );
    });
    outgoing.end(JSON.stringify(body));
  });
}

const create = async (path: string, body: unknown) => {
  const { code, body: answer } = await ask(plane.token, 'POST', path, body);
  expect(code, answer.message).toBe(201);
};
const byAdministrator = (path: string, change: unknown) => ask(plane.token, 'PATCH', path, change);
const byAgent = (path: string, change: unknown) => ask(agent, 'PATCH', path, change);

beforeAll(async () => {
  const { definitions, policies } = installStrategy({
    namespace,
    version: '1.2.3',
    registry: 'registry.test',
    images: imagesOf({ registry: 'registry.test', tag: '1.2.3' }),
    spec: {},
    cluster: { schedulableNodes: 3 },
  });
  // Who may do what at all is for roles to say; this is about what policies add.
  plane = await startControlPlane({ crds: definitions, authorization: 'always-allow' });
  agent = plane.issueToken({
    name: `system:serviceaccount:${namespace}:kubevirt-handler`,
    extra: { 'authentication.kubernetes.io/node-name': ['node-1'] },
  });
  for (const policy of policies) {
    const plural =
      policy.kind === 'ValidatingAdmissionPolicy'
        ? 'validatingadmissionpolicies'
        : 'validatingadmissionpolicybindings';
    await create(`${admission}/${plural}`, policy);
  }
  for (const name of ['node-1', 'node-2'])
    await create(nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { zone: 'a' } } });
  for (const [name, nodeName] of [
    ['here', 'node-1'],
    ['there', 'node-2'],
  ] as const) {
    await create(instances, {
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachineInstance',
      metadata: { name },
      spec: { domain: { devices: {} } },
    });
    const { code, body } = await byAdministrator(`${instances}/${name}`, { status: { nodeName } });
    expect(code, body.message).toBe(200);
    await create(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels: { 'kubevirt.io': 'virt-launcher' } },
      spec: { nodeName, containers: [{ name: 'compute', image: 'i' }] },
    });
  }
});

afterAll(() => plane.stop());

describe('a node agent', () => {
  test.each([
    [
      'marks its own node',
      `${nodes}/node-1`,
      { metadata: { labels: { 'kubevirt.io/schedulable': 'true' } } },
    ],
    ['reports of an instance of its node', `${instances}/here`, { status: { phase: 'Running' } }],
    [
      'reports whether a guest of its node is ready',
      `${pods}/here/status`,
      { status: { conditions: [{ type: ready, status: 'True' }] } },
    ],
  ])('%s', async (_, path, change) => {
    const { code, body } = await byAgent(path, change);
    expect(code, body.message).toBe(200);
  });

  test.each([
    [`${nodes}/node-2`, { metadata: { labels: { 'kubevirt.io/a': 'b' } } }, 'cannot modify this node'],
    [`${nodes}/node-1`, { spec: { unschedulable: true } }, 'cannot modify spec of node'],
    [
      `${nodes}/node-1`,
      { metadata: { finalizers: ['a.b/c'] } },
      'can only change allowed metadata fields of nodes',
    ],
    [`${nodes}/node-1`, { metadata: { labels: { other: 'x' } } }, 'cannot add or delete labels of nodes'],
    [`${nodes}/node-1`, { metadata: { labels: { zone: 'b' } } }, 'cannot update labels of nodes'],
    [
      `${nodes}/node-1`,
      { metadata: { annotations: { other: 'x' } } },
      'cannot add or delete annotations of nodes',
    ],
    [`${instances}/there`, { status: { phase: 'Running' } }, 'cannot modify instances of other nodes'],
    [`${instances}/here`, { spec: { hostname: 'other' } }, 'cannot modify spec of instances'],
    [
      `${instances}/here`,
      { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' }] } },
      'cannot modify owners of instances',
    ],
    [`${pods}/there/status`, { status: { conditions: [] } }, 'can only modify launchers of its own node'],
    [`${pods}/here`, { metadata: { labels: { a: 'b' } } }, 'cannot modify pods beyond their status'],
    [`${pods}/here/status`, { status: { phase: 'Failed' } }, 'can only modify the condition'],
  ])('may not change %s by %j', async (path, change, message) => {
    const { code, body } = await byAgent(path, change);
    expect(code, body.message).toBe(403);
    expect(body.message).toContain(message);
    expect((await byAdministrator(path, change)).code).toBe(200);
  });
});
