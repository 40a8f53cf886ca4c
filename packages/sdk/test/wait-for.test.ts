import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  agentConnected,
  hasCondition,
  hasPhase,
  isDeleted,
  isPaused,
  isReady,
  isRunning,
  isStopped,
  waitFor,
  type ConditionedObject,
} from '../src/index.ts';
import { eventually, failure, json, scriptedServer } from './scripted-server.ts';

const vmi = (phase: string, resourceVersion: string): object => ({
  metadata: { name: 'a', resourceVersion },
  spec: { domain: { devices: {} } },
  status: { phase, conditions: [{ type: 'Ready', status: 'False', reason: 'GuestNotRunning' }] },
});

const list = (resourceVersion: string, ...items: object[]): object => ({
  metadata: { resourceVersion },
  items,
});

function event(response: ServerResponse, type: string, object: object): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

/** A script of the requests that are expected, in order. */
type Step = (response: ServerResponse) => void;

async function scripted(...steps: Step[]): Promise<Awaited<ReturnType<typeof scriptedServer>>> {
  return scriptedServer((_request, response) => {
    const step = steps.shift();
    if (step === undefined) return json(response, failure(403, 'Forbidden'), 403);
    return step(response);
  });
}

describe('waitFor', () => {
  it('does not watch when the condition holds already', async () => {
    await using server = await scripted((response) => json(response, list('5', vmi('Running', '4'))));
    const found = await waitFor(server.client.virtualMachineInstances, 'a', isRunning, { namespace: 'ns' });
    expect(found.status?.phase).toBe('Running');
    expect(server.seen[0]).toMatchObject({
      path: '/apis/kubevirt.io/v1/namespaces/ns/virtualmachineinstances',
      query: { fieldSelector: 'metadata.name=a' },
    });
    expect(server.seen).toHaveLength(1);
  });

  it('watches from the version of the list, and again from the last event when the watch ends or breaks', async () => {
    await using server = await scripted(
      (response) => json(response, list('5')),
      (response) => {
        event(response, 'ADDED', vmi('Pending', '6'));
        event(response, 'BOOKMARK', { metadata: { resourceVersion: '9' } });
        response.end();
      },
      (response) => {
        event(response, 'MODIFIED', vmi('Scheduled', '10'));
        response.write('{', () => response.destroy());
      },
      (response) => void response.destroy(),
      (response) => event(response, 'MODIFIED', vmi('Running', '11')),
    );
    await waitFor(server.client.virtualMachineInstances, 'a', isRunning);
    expect(server.seen.map(({ query }) => [query['watch'], query['resourceVersion']])).toEqual([
      [undefined, undefined],
      ['true', '5'],
      ['true', '9'],
      ['true', '10'],
      ['true', '10'],
    ]);
    await eventually(() => server.sockets.size <= 1);
  });

  it('lists again when the version is too old', async () => {
    await using server = await scripted(
      (response) => json(response, list('5')),
      (response) => {
        event(response, 'ERROR', failure(410, 'Expired'));
        response.end();
      },
      (response) => json(response, list('50', vmi('Running', '40'))),
    );
    await waitFor(server.client.virtualMachineInstances, 'a', isRunning);
    expect(server.seen).toHaveLength(3);
  });

  it('sees that an object goes', async () => {
    await using server = await scripted(
      (response) => json(response, list('5', vmi('Running', '4'))),
      (response) => event(response, 'DELETED', vmi('Succeeded', '6')),
    );
    const found: undefined = await waitFor(server.client.virtualMachineInstances, 'a', isDeleted);
    expect(found).toBeUndefined();
  });

  it('says at its deadline what it saw last', async () => {
    await using server = await scripted(
      (response) => json(response, list('5', vmi('Scheduling', '4'))),
      (response) => response.flushHeaders(),
    );
    const waiting = waitFor(server.client.virtualMachineInstances, 'a', isRunning, { timeoutSeconds: 0.3 });
    await expect(waiting).rejects.toMatchObject({
      code: 'wait-timeout',
      message: expect.stringMatching(
        /VirtualMachineInstance a .*Scheduling.*Ready=False \(GuestNotRunning\)/,
      ),
      lastSeen: { status: { phase: 'Scheduling' } },
    });
    await eventually(() => server.sockets.size <= 1);
  });

  it('ends at its deadline also while the server is away', async () => {
    const server = await scriptedServer(() => undefined);
    const { client } = server;
    server.server.close();
    server.server.closeAllConnections();
    const waiting = waitFor(client.pods, 'a', isReady, { timeoutSeconds: 0.3 });
    await expect(waiting).rejects.toMatchObject({ code: 'wait-timeout', lastSeen: undefined });
    await client[Symbol.asyncDispose]();
  });

  it('ends with the signal, and with an error that repeating does not cure', async () => {
    const abort = new AbortController();
    await using server = await scripted(
      (response) => json(response, list('5')),
      (response) => {
        response.flushHeaders();
        abort.abort();
      },
    );
    const { virtualMachineInstances } = server.client;
    const options = { signal: abort.signal, timeoutSeconds: 60 };
    await expect(waitFor(virtualMachineInstances, 'a', isRunning, options)).rejects.toMatchObject({
      code: 'aborted',
    });
    await expect(waitFor(virtualMachineInstances, 'a', isRunning)).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});

describe('conditions', () => {
  const object = (status: ConditionedObject['status']): ConditionedObject => ({ metadata: {}, status });
  const withCondition = (type: string, status: string) => object({ conditions: [{ type, status }] });

  it.each([
    ['isRunning', isRunning, object({ phase: 'Running' }), true],
    ['isRunning', isRunning, object({ printableStatus: 'Running' }), true],
    ['isRunning', isRunning, object({ printableStatus: 'Starting' }), false],
    ['isRunning', isRunning, undefined, false],
    ['isStopped', isStopped, object({ printableStatus: 'Stopped' }), true],
    ['isStopped', isStopped, object({ phase: 'Failed' }), true],
    ['isStopped', isStopped, object({ phase: 'Running' }), false],
    ['isReady', isReady, withCondition('Ready', 'True'), true],
    ['isReady', isReady, withCondition('Ready', 'False'), false],
    ['isPaused', isPaused, withCondition('Paused', 'True'), true],
    ['agentConnected', agentConnected, withCondition('AgentConnected', 'True'), true],
    ['agentConnected', agentConnected, object({}), false],
    ['hasCondition', hasCondition('Ready', 'False'), withCondition('Ready', 'False'), true],
    ['hasPhase', hasPhase('Succeeded', 'Failed'), object({ phase: 'Failed' }), true],
    ['hasPhase', hasPhase('Succeeded'), object(undefined), false],
    ['isDeleted', isDeleted, undefined, true],
    ['isDeleted', isDeleted, object({}), false],
  ])('%s', (_name, condition, subject, expected) => {
    expect(condition(subject)).toBe(expected);
  });
});
