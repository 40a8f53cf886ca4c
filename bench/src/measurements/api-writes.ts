import { isReady, isRunning, virtualMachine, type Client } from '@virtkit/sdk';
import { BenchError } from '../errors.ts';
import { startSingleProcess } from '../platform/single-process.ts';
import { watchObjects } from '../platform/watch-objects.ts';
import { valueText, type Row } from '../report/row.ts';
import type { Measurement } from './measurement.ts';
import { byVerbAndResource, writeOf, type Write } from './write-count.ts';

const namespace = 'default';
const patienceMs = 30_000;
/** Normal events wait up to five seconds before they are written. */
const eventDelayMs = 6_000;

/** When one machine was created, and when its instance and then it were first seen Running and Ready. */
interface Moments {
  created: number;
  running: number;
  ready: number;
}

/** API writes of one machine's start: every request of every part of the platform, as the API server answers them. */
export const apiWrites: Measurement = {
  name: 'writes',
  async run({ quick, programs, signal, progress }) {
    const writes: Write[] = [];
    progress('starting the platform in one process');
    await using platform = await startSingleProcess({
      programs,
      signal,
      onRequest: (record) => {
        const write = writeOf(record, performance.now());
        if (write !== undefined) writes.push(write);
      },
    });
    const count = quick ? 3 : 5;
    progress(`${count} machines, one after the other`);
    const moments: Moments[] = [];
    for (let index = 0; index < count; index++)
      moments.push(
        await Promise.race([startMachine(platform.client, `vm-${index}`, signal), platform.broken]),
      );
    progress('waiting for events');
    await pause(eventDelayMs, signal);
    return report(writes, moments);
  },
};

async function startMachine(client: Client, name: string, outer: AbortSignal): Promise<Moments> {
  const over = new AbortController();
  const signal = AbortSignal.any([outer, over.signal]);
  const running = Promise.withResolvers<number>();
  const ready = Promise.withResolvers<number>();
  try {
    await watchObjects(client.virtualMachineInstances, namespace, signal, ({ object, at }) => {
      if (object.metadata.name === name && isRunning(object)) running.resolve(at);
    });
    await watchObjects(client.virtualMachines, namespace, signal, ({ object, at }) => {
      if (object.metadata.name === name && isRunning(object) && isReady(object)) ready.resolve(at);
    });
    const created = performance.now();
    const machine = virtualMachine({ name, memory: '64Mi', hypervisor: 'mock' });
    await client.virtualMachines.create(machine, { namespace, signal });
    const late = pause(patienceMs, signal).then((): never => {
      throw new BenchError('timeout', `machine ${name} is not ready after ${patienceMs / 1000} s`);
    });
    const [runningAt, readyAt] = await Promise.race([Promise.all([running.promise, ready.promise]), late]);
    return { created, running: runningAt, ready: readyAt };
  } finally {
    over.abort();
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new BenchError('timeout', 'ended while waiting', { cause: signal.reason }));
    });
  });
}

function report(
  writes: readonly Write[],
  moments: readonly Moments[],
): { rows: Row[]; details: Record<string, unknown> } {
  const between = (from: 'created' | 'running', to: 'running' | 'ready'): Write[] =>
    moments.flatMap((one) =>
      writes.filter(
        ({ startedAt, resource }) => resource !== 'events' && startedAt >= one[from] && startedAt < one[to],
      ),
    );
  const toRunning = between('created', 'running');
  const toReady = between('running', 'ready');
  const events = writes.filter(({ resource }) => resource === 'events');
  const ofInstance = toRunning.filter(
    ({ verb, resource }) => resource === 'virtualmachineinstances' && verb !== 'create',
  );
  const each = (some: readonly Write[]): number => some.length / moments.length;
  const list = (some: readonly Write[]): string =>
    [...byVerbAndResource(some)]
      .map(([what, count]) => `${what} ${valueText(count / moments.length, 'count')}`)
      .join(', ');
  return {
    rows: [
      {
        what: 'API writes per machine, create to Running',
        value: each(toRunning),
        unit: 'count',
        goal: { kind: 'at-most', value: 10 },
        reason: list(toRunning),
      },
      {
        what: 'updates of the instance, create to Running',
        value: each(ofInstance),
        unit: 'count',
        goal: { kind: 'at-most', value: 3 },
        reason: [...new Set(ofInstance.map(({ user }) => user))].join(', '),
      },
      { what: 'API writes, Running to Ready', value: each(toReady), unit: 'count', reason: list(toReady) },
      { what: 'events', value: each(events), unit: 'count', reason: list(events) },
    ],
    details: { machines: moments.length, moments, writes },
  };
}
