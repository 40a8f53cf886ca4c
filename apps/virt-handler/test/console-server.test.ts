import { rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isConditionTrue, resources, type VirtualMachineInstance } from '@virtkit/core-types';
import { waitUntil } from '@virtkit/testing';
import { WebSocket } from 'ws';
import { createAuthority, type Identity } from '@virtkit/testing/authority';
import { podFolder } from './support/launcher-process.ts';
import { callerName, TestNode } from './support/test-node.ts';

let node: TestNode;
let endpoint: string;
let caller: Identity;
let stranger: Identity;
let name: string;

const isRunning = ({ status }: VirtualMachineInstance): boolean => status?.phase === 'Running';
const isPaused = ({ status }: VirtualMachineInstance): boolean =>
  isConditionTrue(status?.conditions, 'Paused');

beforeAll(async () => {
  node = await TestNode.start();
  await node.startHandler();
  [caller, stranger] = await Promise.all([node.issue(callerName), node.issue('somebody-else')]);
  endpoint = await node.endpoint();
  ({ name } = await node.schedule());
  await node.until(name, 'Running', isRunning);
});
afterAll(() => node[Symbol.asyncDispose]());

const tls = ({ ca, certificate, key }: Identity) => ({ ca, cert: certificate, key });
const url = (operation: string, instance = name): string =>
  `${endpoint}/v1/namespaces/default/virtualmachineinstances/${instance}/${operation}`;

function call(
  method: string,
  target: string,
  identity: Identity,
  body?: object,
): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const outgoing = request(target, { method, agent: false, ...tls(identity) }, (response) => {
    let answer = '';
    response.setEncoding('utf8').on('data', (text: string) => (answer += text));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body: answer }));
  });
  outgoing.on('error', reject);
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

function openConsole(identity: Identity, target = url('console')) {
  const socket = new WebSocket(target, ['plain.kubevirt.io'], tls(identity));
  const seen = {
    text: '',
    closed: undefined as number | undefined,
    refused: undefined as number | undefined,
  };
  socket.on('message', (data: Buffer) => (seen.text += data.toString()));
  socket.on('close', (code) => (seen.closed = code));
  socket.on('unexpected-response', (_request, response) => {
    seen.refused = response.statusCode;
    response.resume();
    socket.terminate();
  });
  socket.on('error', (error) => (seen.text += error.message));
  return { socket, seen };
}

describe('the console server', () => {
  it('pauses and continues a guest', async () => {
    expect(await call('PUT', url('pause'), caller)).toMatchObject({ status: 202 });
    await node.until(name, 'paused', isPaused);
    expect(await call('PUT', url('unpause'), caller)).toMatchObject({ status: 202 });
    await node.until(name, 'not paused', (vmi) => !isPaused(vmi));
  });

  it('tells of launchers that failed and what they wrote, when their Pods are gone', async () => {
    const { name: failing, podUid, launcher } = await node.schedule();
    const pod = podFolder(node.kubeletRoot, podUid);
    await writeFile(join(pod, 'compute.log'), 'it went wrong\n');
    await node.until(failing, 'Running', isRunning);
    const logs = (query = '') => call('GET', url(`launcherlogs${query}`, failing), caller);
    expect(JSON.parse((await logs()).body)).toEqual({ items: [] });
    await launcher.kill('SIGKILL');
    const [one] = await waitUntil('the log is kept', async () => {
      const { items } = JSON.parse((await logs()).body) as { items: object[] };
      return items.length > 0 && items;
    });
    expect(one).toMatchObject({ podUID: podUid, name: failing, message: 'the launcher ended unexpectedly' });
    await rm(pod, { recursive: true });
    expect(await logs(`?podUID=${podUid}`)).toEqual({ status: 200, body: 'it went wrong\n' });
    expect((await logs('?since=2999-01-01T00:00:00Z')).body).toBe('{"items":[]}');
    expect((await logs(`?podUID=${podUid}&since=2999-01-01T00:00:00Z`)).status).toBe(404);
    expect((await logs('?since=soon')).status).toBe(400);
    expect((await call('GET', url('launcherlogs', failing), stranger)).status).toBe(403);
    expect((await call('PUT', url('launcherlogs', failing), caller)).status).toBe(405);
  });

  it('SUB-14: freezes and thaws file systems, by itself after a time, and tells it in the status', async () => {
    await node.until(name, 'agent', (vmi) => isConditionTrue(vmi.status?.conditions, 'AgentConnected'));
    const isFrozen = ({ status }: VirtualMachineInstance): boolean => status?.fsFreezeStatus === 'frozen';
    const freeze = (unfreezeTimeout: string) => call('PUT', url('freeze'), caller, { unfreezeTimeout });
    expect((await freeze('0s')).status).toBe(202);
    await node.until(name, 'frozen', isFrozen);
    // What the guest said before is still told, although it answers nothing now.
    const info = JSON.parse((await call('GET', url('guestosinfo'), caller)).body) as object;
    expect(info).toMatchObject({ os: { id: 'mock' }, fsFreezeStatus: 'frozen' });
    expect((await freeze('1s')).status).toBe(202);
    expect((await call('PUT', url('unfreeze'), caller)).status).toBe(202);
    await node.until(name, 'thawed', (vmi) => !isFrozen(vmi));
    expect((await freeze('1.9s')).status).toBe(202);
    await node.until(name, 'frozen', isFrozen);
    await node.until(name, 'thawed by itself', (vmi) => !isFrozen(vmi));
  });

  it.each([undefined, {}, { unfreezeTimeout: 'soon' }, { unfreezeTimeout: '-1s' }])(
    'SUB-14: a freeze for %j is refused with 400, and told by an event',
    async (body) => {
      expect((await call('PUT', url('freeze'), caller, body)).status).toBe(400);
      await waitUntil('the event', async () => {
        const { items } = await node.client.resource(resources.events).list({ namespace: 'default' });
        return items.find(({ reason, type }) => reason === 'FreezeError' && type === 'Warning');
      });
    },
  );

  it('answers what the guest agent says', async () => {
    await node.until(name, 'agent', (vmi) => isConditionTrue(vmi.status?.conditions, 'AgentConnected'));
    const { status, body } = await call('GET', url('guestosinfo'), caller);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      kind: 'VirtualMachineInstanceGuestAgentInfo',
      os: { id: 'mock' },
    });
  });

  it.each<[string, string, () => string, () => Identity, number]>([
    ['a caller with another name', 'PUT', () => url('pause'), () => stranger, 403],
    ['an instance that is not here', 'PUT', () => url('pause', 'nobody'), () => caller, 404],
    ['an operation that does not exist', 'PUT', () => url('explode'), () => caller, 404],
    ['the wrong method', 'GET', () => url('pause'), () => caller, 405],
    ['another path', 'GET', () => `${endpoint}/healthz`, () => caller, 404],
    ['a name that is not encoded rightly', 'PUT', () => url('pause', '%zz'), () => caller, 400],
  ])('refuses %s', async (_name, method, target, identity, status) => {
    expect((await call(method, target(), identity())).status).toBe(status);
    expect(isPaused(await node.get(name))).toBe(false);
  });

  it('refuses a caller of another authority before it says anything', async () => {
    const other = await createAuthority();
    const forged = { ...(await other(callerName)), ca: caller.ca };
    await expect(call('PUT', url('pause'), forged)).rejects.toThrow();
  });

  it('carries a console both ways', async () => {
    const { socket, seen } = openConsole(caller);
    await waitUntil('the console to open', () => socket.readyState === WebSocket.OPEN);
    expect(socket.protocol).toBe('plain.kubevirt.io');
    socket.send(Buffer.from('hello'));
    await waitUntil('the echo', () => seen.text.includes('hello'));
    socket.close();
    await waitUntil('the end', () => seen.closed !== undefined);
  });

  it('gives the console to whoever comes last', async () => {
    const first = openConsole(caller);
    await waitUntil('the first to open', () => first.socket.readyState === WebSocket.OPEN);
    const second = openConsole(caller);
    await waitUntil('the first to be sent away', () => first.seen.closed === 4409);
    second.socket.send(Buffer.from('mine'));
    await waitUntil('the echo', () => second.seen.text.includes('mine'));
    second.socket.terminate();
  });

  it('gives the display to whoever comes last, unless that one leaves it to the one before', async () => {
    const greeted = ({ seen }: ReturnType<typeof openConsole>) =>
      waitUntil('a greeting', () => seen.text.startsWith('RFB'));
    const first = openConsole(caller, url('vnc'));
    await greeted(first);
    const polite = openConsole(caller, url('vnc?preserveSession=true'));
    await waitUntil('a refusal', () => polite.seen.refused === 503);
    const second = openConsole(caller, url('vnc?preserveSession=false'));
    await greeted(second);
    await waitUntil('the first to be sent away', () => first.seen.closed === 4409);
    second.socket.close();
    await waitUntil('the end', () => second.seen.closed !== undefined);
    const third = openConsole(caller, url('vnc?preserveSession=true'));
    await greeted(third);
    third.socket.terminate();
  });

  it('SUB-33: plugs USB devices of four clients into a guest, and refuses a fifth', async () => {
    const devices = { interfaces: [{ name: 'default', masquerade: {} }], clientPassthrough: {} };
    const { name: withUsb } = await node.schedule({ devices });
    await node.until(withUsb, 'Running', isRunning);
    const open = () => openConsole(caller, url('usbredir', withUsb));
    const clients = [];
    for (let slot = 0; slot < 4; slot++) {
      const client = open();
      // The guest's side of the protocol says hello first.
      await waitUntil('a hello', () => client.seen.text.includes('usb guest'));
      clients.push(client);
    }
    const fifth = open();
    await waitUntil('a refusal', () => fifth.seen.refused === 503);
    clients[1]?.socket.terminate();
    await waitUntil('a slot to be free again', async () => {
      const next = open();
      await waitUntil('an outcome', () => next.seen.refused !== undefined || next.seen.text !== '');
      if (next.seen.refused === undefined) return clients.push(next);
      return undefined;
    });
    for (const { socket } of clients) socket.terminate();
    const plain = openConsole(caller, url('usbredir'));
    await waitUntil('a refusal', () => plain.seen.refused === 400);
  });

  it('refuses streams to strangers and to nobody', async () => {
    const foreign = openConsole(stranger);
    await waitUntil('a refusal', () => foreign.seen.refused === 403);
    const nobody = openConsole(caller, url('console', 'nobody'));
    await waitUntil('a refusal', () => nobody.seen.refused === 404);
  });
});
