import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { VirtualMachine, VirtualMachineInstance } from '@virtkit/core-types';
import { isApiError, type ApiError } from '@virtkit/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { decided } from '../src/subresources/machine-operations.ts';
import { runPatch } from '../src/subresources/run-state/patches.ts';
import { startCluster, type TestCluster } from './support/cluster.ts';
import { startNodeAgent, type FakeNodeAgent } from './support/node-agent.ts';
import { createPki, type Pki } from './support/pki.ts';
import { instanceSpec } from '@virtkit/testing/instance-specs';

let pki: Pki;
let cluster: TestCluster;
let agent: FakeNodeAgent;
const namespace = 'default';
const instances = '/apis/subresources.kubevirt.io/v1/namespaces/default/virtualmachineinstances';
const paused = { type: 'Paused', status: 'True' };
const agentConnected = { type: 'AgentConnected', status: 'True' };

beforeAll(async () => {
  pki = await createPki();
  cluster = await startCluster(pki.client);
  agent = await startNodeAgent(pki.agent);
  await cluster.admin.nodes.create({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1', annotations: { 'virtkit.dev/virt-handler-endpoint': agent.url } },
  });
});
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
});
beforeEach(() => {
  agent.calls.length = 0;
});

let count = 0;

/** An instance with a status, under a name of its own. */
async function running(status: VirtualMachineInstance['status'] = {}): Promise<string> {
  count += 1;
  const name = `instance-${count}`;
  await cluster.controller.virtualMachineInstances.create({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name, namespace },
    spec: instanceSpec(),
  });
  await cluster.controller.virtualMachineInstances.patch(name, {
    type: 'merge',
    body: { status: { phase: 'Running', nodeName: 'node-1', ...status } },
  });
  return name;
}

async function machine(runStrategy: string): Promise<string> {
  count += 1;
  const name = `machine-${count}`;
  await cluster.admin.virtualMachines.create({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name, namespace },
    spec: { runStrategy, template: { spec: instanceSpec() } },
  });
  return name;
}

async function refusal(call: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isApiError(error)) throw new Error('the call was not refused', { cause: error });
  return error;
}

const put = (path: string, body: object = {}) =>
  cluster.admin.request({ method: 'PUT', path: `${instances}/${path}`, body });

describe('start, stop and restart', () => {
  test('a halted machine is started and stopped through its run strategy', async () => {
    const name = await machine('Halted');
    await cluster.admin.virtualMachines.start(name);
    expect((await cluster.admin.virtualMachines.get(name)).spec.runStrategy).toBe('Always');
    await cluster.admin.virtualMachines.stop(name);
    expect((await cluster.admin.virtualMachines.get(name)).spec.runStrategy).toBe('Halted');
  });

  test('a machine without status gets its request, and a second one is refused', async () => {
    const name = await machine('Manual');
    await cluster.admin.virtualMachines.start(name);
    const { status } = await cluster.admin.virtualMachines.get(name);
    expect(status?.stateChangeRequests).toEqual([{ action: 'Start' }]);
    expect(await refusal(cluster.admin.virtualMachines.start(name))).toMatchObject({ httpStatus: 500 });
  });

  test('a machine that changes while it is being decided on is decided on again, within limits', async () => {
    const name = await machine('Halted');
    const call = {
      client: cluster.admin,
      target: { namespace, name },
      signal: new AbortController().signal,
    };
    const seen: (string | undefined)[] = [];
    const outdated = (until: number) => (one: VirtualMachine) => {
      seen.push(one.spec.runStrategy);
      return runPatch(
        seen.length > until ? one : { ...one, spec: { ...one.spec, runStrategy: 'Manual' } },
        true,
      );
    };
    await decided(call, false, outdated(2));
    expect(seen).toEqual(['Halted', 'Halted', 'Halted']);
    expect((await cluster.admin.virtualMachines.get(name)).spec.runStrategy).toBe('Always');

    await cluster.admin.virtualMachines.stop(name);
    seen.length = 0;
    const error = await decided(call, false, outdated(Infinity)).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'Conflict' });
    expect(seen).toHaveLength(5);
  });

  test('dryRun changes nothing', async () => {
    const name = await machine('Halted');
    const path = `/apis/subresources.kubevirt.io/v1/namespaces/default/virtualmachines/${name}/start`;
    const answer = await cluster.admin.request({ method: 'PUT', path, body: { dryRun: ['All'] } });
    expect(answer.status).toBe(202);
    await answer.bytes();
    expect((await cluster.admin.virtualMachines.get(name)).spec.runStrategy).toBe('Halted');
  });

  test('SUB-11: what speaks against a migration is told with 500', async () => {
    const name = await running();
    await cluster.admin.virtualMachines.create({
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachine',
      metadata: { name, namespace },
      spec: { runStrategy: 'Manual', template: { spec: instanceSpec() } },
    });
    const path = `/apis/subresources.kubevirt.io/v1/namespaces/default/virtualmachines/${name}/migrate`;
    // Nothing migrates, so the object that stands for a migration cannot be made.
    expect(await refusal(cluster.admin.request({ method: 'PUT', path, body: {} }))).toMatchObject({
      httpStatus: 500,
    });
  });

  test('what is not there is not found', async () => {
    expect(await refusal(cluster.admin.virtualMachines.start('nobody'))).toMatchObject({ code: 'not-found' });
  });
});

describe('operations of the node agent', () => {
  test('pause reaches the agent of the node, as virt-api', async () => {
    const name = await running();
    agent.onCall = () => ({ status: 202 });
    const answer = await put(`${name}/pause`);
    expect(answer.status).toBe(200);
    await answer.bytes();
    expect(agent.calls).toEqual([
      `PUT /v1/namespaces/default/virtualmachineinstances/${name}/pause by kubevirt.io:system:client:virt-handler`,
    ]);
  });

  test.each([
    ['pause', 'Running', [paused], 'conflict'],
    ['pause', 'Scheduled', [], 'conflict'],
    ['unpause', 'Running', [], 'conflict'],
    ['softreboot', 'Running', [paused], 'conflict'],
    ['reset', 'Scheduling', [], 'bad-request'],
    ['freeze', 'Scheduled', [], 'conflict'],
    ['migrate', 'Running', [], 'not-found'],
  ])('%s of an instance that is %s with %j is refused: %s', async (operation, phase, conditions, code) => {
    const name = await running({ phase, conditions });
    expect(await refusal(put(`${name}/${operation}`))).toMatchObject({ code });
    expect(agent.calls).toEqual([]);
  });

  test('guestosinfo is passed on as the agent gave it, and wants a guest agent', async () => {
    const name = await running({ conditions: [agentConnected] });
    agent.onCall = () => ({ status: 200, contentType: 'application/json', body: '{"hostname":"guest"}' });
    const answer = await cluster.admin.request({ method: 'GET', path: `${instances}/${name}/guestosinfo` });
    expect(await answer.json()).toEqual({ hostname: 'guest' });
    const silent = await running();
    const path = `${instances}/${silent}/guestosinfo`;
    expect(await refusal(cluster.admin.request({ method: 'GET', path }))).toMatchObject({ httpStatus: 500 });
  });

  test("the agent's own refusal is told", async () => {
    const name = await running();
    agent.onCall = () => ({ status: 409, body: 'the machine is in the way' });
    const error = await refusal(put(`${name}/reset`));
    expect(error).toMatchObject({ httpStatus: 500 });
    expect(error.message).toContain('the machine is in the way');
  });

  test('an agent with the certificate of somebody else is not believed', async () => {
    await using impostor = await startNodeAgent(pki.stranger);
    await cluster.admin.nodes.create({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'node-2', annotations: { 'virtkit.dev/virt-handler-endpoint': impostor.url } },
    });
    const name = await running({ nodeName: 'node-2' });
    expect(await refusal(put(`${name}/reset`))).toMatchObject({ httpStatus: 500 });
    expect(await refusal(cluster.admin.upgrade(`${instances}/${name}/console`))).toMatchObject({
      httpStatus: 500,
    });
    expect(impostor.calls).toEqual([]);
  });
});

describe('streams', () => {
  const protocols = ['plain.kubevirt.io'];

  test('a console carries bytes both ways, from the first one on', async () => {
    const name = await running();
    agent.onStream = () => (socket) => {
      socket.send(Buffer.from('login: '));
      socket.on('message', (data) => socket.send(data));
    };
    const stream = await cluster.admin.upgrade(`${instances}/${name}/console`, { protocols });
    expect(stream.subprotocol).toBe('plain.kubevirt.io');
    stream.write('root\n');
    let seen = '';
    for await (const chunk of stream) {
      seen += String(chunk);
      if (seen === 'login: root\n') break;
    }
    expect(seen).toBe('login: root\n');
  });

  test.each([
    [1000, 1000],
    [4409, 4409],
    [1011, 1011],
  ])("the agent's close code %i arrives as %i", async (code, arrives) => {
    const name = await running();
    agent.onStream = () => (socket) => socket.close(code, 'so it is');
    const stream = await cluster.admin.upgrade(`${instances}/${name}/vnc`, { protocols });
    stream.on('error', () => undefined).resume();
    expect(await stream.outcome).toMatchObject({ code: arrives, reason: 'so it is' });
  });

  test('an agent that vanishes closes with 1011', async () => {
    const name = await running();
    agent.onStream = () => (socket) => socket.terminate();
    const stream = await cluster.admin.upgrade(`${instances}/${name}/console`, { protocols });
    stream.on('error', () => undefined).resume();
    expect(await stream.outcome).toMatchObject({ code: 1011 });
  });

  test('megabytes arrive whole through a reader that is slow', async () => {
    const name = await running();
    const message = Buffer.alloc(64 * 1024, 7);
    const messages = 200;
    agent.onStream = () => (socket) => {
      for (let i = 0; i < messages; i++) socket.send(message);
      socket.close(1000);
    };
    const stream = await cluster.admin.upgrade(`${instances}/${name}/vnc`, { protocols });
    let size = 0;
    for await (const chunk of stream) {
      size += (chunk as Buffer).length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(size).toBe(messages * message.length);
  });

  test('a refusal of the agent is told before the upgrade', async () => {
    const name = await running();
    agent.onStream = () => 503;
    const error = await refusal(cluster.admin.upgrade(`${instances}/${name}/vnc`, { protocols }));
    expect(error).toMatchObject({ httpStatus: 500 });
    expect(error.message).toContain('the agent says no');
  });

  test.each([
    ['console', 'Scheduled', 'bad-request'],
    ['console', 'Failed', 'conflict'],
    ['vnc', 'Scheduled', 'bad-request'],
    ['usbredir', 'Running', 'conflict'],
    ['vsock', 'Running', 'bad-request'],
    ['nonsense', 'Running', 'not-found'],
  ])('%s of an instance that is %s is refused: %s', async (operation, phase, code) => {
    const name = await running({ phase });
    expect(await refusal(cluster.admin.upgrade(`${instances}/${name}/${operation}`))).toMatchObject({ code });
  });
});

describe('port forwarding', () => {
  const reachable = { interfaces: [{ name: 'default', ipAddress: '127.0.0.1' }] };

  test('TCP: bytes go both ways', async () => {
    const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const name = await running(reachable);
    const stream = await cluster.admin.upgrade(`${instances}/${name}/portforward/${port}/tcp`);
    stream.write('ping');
    const [chunk] = (await once(stream, 'data')) as [Buffer];
    expect(chunk.toString()).toBe('ping');
    stream.destroy();
    await stream.outcome;
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  test('UDP: a message is a datagram', async () => {
    const server = createSocket('udp4');
    server.on('message', (message, from) =>
      server.send(`echo ${message.toString()}`, from.port, from.address),
    );
    await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
    const name = await running(reachable);
    const stream = await cluster.admin.upgrade(
      `${instances}/${name}/portforward/${server.address().port}/udp`,
    );
    stream.write('ping');
    const [chunk] = (await once(stream, 'data')) as [Buffer];
    expect(chunk.toString()).toBe('echo ping');
    stream.destroy();
    await stream.outcome;
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  test.each([
    ['a port that is none', '0', reachable, 'bad-request'],
    ['a protocol that is none', '22/sctp', reachable, 'bad-request'],
    ['an instance without address', '22', {}, 'bad-request'],
    ['a paused instance', '22', { ...reachable, conditions: [paused] }, 'conflict'],
    ['a port where nobody listens', '1', reachable, 'internal'],
  ])('%s is refused', async (_what, path, status, code) => {
    const name = await running(status);
    expect(await refusal(cluster.admin.upgrade(`${instances}/${name}/portforward/${path}`))).toMatchObject({
      code,
    });
  });
});

test('discovery lists what is answered, in both versions', async () => {
  for (const version of ['v1', 'v1alpha3']) {
    const path = `/apis/subresources.kubevirt.io/${version}`;
    const answer = await cluster.admin.request({ method: 'GET', path });
    const { resources } = (await answer.json()) as { resources: { name: string }[] };
    const names = resources.map(({ name }) => name);
    expect(names).toContain('virtualmachines/start');
    expect(names).toContain('virtualmachineinstances/vnc/screenshot');
    expect(names).toContain('virtualmachines/migrate');
    // Answered, but not listed, as in KubeVirt.
    expect(names).not.toContain('virtualmachineinstances/usbredir');
  }
});

test('version tells the release', async () => {
  const answer = await cluster.admin.request({
    method: 'GET',
    path: '/apis/subresources.kubevirt.io/v1/version',
  });
  expect(await answer.json()).toMatchObject({ gitVersion: expect.stringMatching(/^v\d+\.\d+\.\d+/) });
});
