import { availableParallelism } from 'node:os';
import type { VirtualMachineInstance } from '@virtkit/core-types';
import { virtualMachineInstance, type Client } from '@virtkit/sdk';
import { BenchError } from '../errors.ts';
import { sandboxPids } from '../platform/launcher-pods.ts';
import { processTable, withDescendants } from '../platform/process-memory.ts';
import { cpuSeconds, processCpuSeconds } from '../platform/cpu-time.ts';
import { startSeparatePrograms, type SeparatePrograms } from '../platform/separate-programs.ts';
import { watchObjects } from '../platform/watch-objects.ts';
import { mean, median, percentile } from '../report/percentile.ts';
import type { Row } from '../report/row.ts';
import type { Measurement, MeasurementContext } from './measurement.ts';
import { layerMs, StartRecorder, stages, totalMs, type StartRecord } from './start-stages.ts';

const namespace = 'default';
const intervalMs = 100;
const defaultPatienceMs = 75_000;

/** Creation to Running of many instances in quick succession on hal-mock, every program a process of its own. */
export const startLatency: Measurement = {
  name: 'latency',
  async run(context) {
    const { quick, programs, signal, progress } = context;
    const count = quick ? 30 : 100;
    progress('starting the platform');
    await using platform = await startSeparatePrograms({ hypervisor: 'mock', programs, signal });
    progress('one instance first, so that every program has done its work once');
    await startInstances(platform, { count: 1, prefix: 'first', context });
    progress(`${count} instances, ${intervalMs} ms apart`);
    const ownBefore = await cpuByProgram(platform);
    const cpuBefore = await cpuSeconds();
    const begin = performance.now();
    const records = await startInstances(platform, { count, prefix: 'm', context });
    const elapsedMs = performance.now() - begin;
    const cpuAfter = await cpuSeconds();
    const ownAfter = await cpuByProgram(platform);
    const perProgram = [...ownAfter].map(
      ([name, after]) => [name, ((after - (ownBefore.get(name) ?? 0)) * 1000) / count] as const,
    );
    const busy = (cpuAfter.busy - cpuBefore.busy) / (cpuAfter.total - cpuBefore.total);
    return report(records, {
      elapsedMs,
      busy,
      cpuPerInstanceMs: ((cpuAfter.busy - cpuBefore.busy) * 1000) / count,
      cpuByProgramMs: Object.fromEntries(perProgram),
      programs,
    });
  },
};

/** Processor time of each program so far, in seconds; `launcher Pods` are all of them together. */
async function cpuByProgram({ pids, root }: SeparatePrograms): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  for (const [name, pid] of pids) sums.set(name, (await processCpuSeconds(pid)) ?? 0);
  const table = await processTable();
  let launchers = 0;
  for (const sandbox of (await sandboxPids(root)).values())
    for (const { pid } of withDescendants(table, sandbox)) launchers += (await processCpuSeconds(pid)) ?? 0;
  return sums.set('launcher Pods', launchers);
}

/**
 * Creates instances on hal-mock, one every 100 ms, and follows them until all run.
 * @param options.patienceMs How long all together may take to run after the last was created.
 * @throws BenchError `timeout`, `platform-failed`
 */
export async function startInstances(
  { client }: { client: Client },
  options: { count: number; prefix: string; context: MeasurementContext; patienceMs?: number },
): Promise<StartRecord[]> {
  const { count, prefix, context, patienceMs = defaultPatienceMs } = options;
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  const allRun = Promise.withResolvers<void>();
  const recorder = new StartRecorder(() => {
    if (recorder.records.size === count && recorder.count('running') === count) allRun.resolve();
  });
  const watches = [
    await watchObjects(client.virtualMachineInstances, namespace, signal, (one) => recorder.instance(one)),
    await watchObjects(client.pods, namespace, signal, (one) => recorder.pod(one)),
  ];
  try {
    const begin = performance.now();
    const creations = Array.from({ length: count }, async (_, index) => {
      await until(begin + index * intervalMs, signal);
      const name = `${prefix}-${index}`;
      recorder.requested(name, performance.now());
      await client.virtualMachineInstances.create(smallInstance(name), { namespace, signal });
    });
    const work = Promise.all([...creations, allRun.promise]);
    const broken = Promise.all(watches.map(({ ended }) => ended)).then(() => {
      throw new BenchError('platform-failed', 'a watch ended');
    });
    await Promise.race([work, broken, deadline(count * intervalMs + patienceMs, recorder, signal)]);
  } finally {
    over.abort();
  }
  return [...recorder.records.values()];
}

/** An instance that asks for so little that a hundred fit on a node of any size. */
function smallInstance(name: string): VirtualMachineInstance {
  const instance = virtualMachineInstance({ name, memory: '8Mi', hypervisor: 'mock' });
  instance.spec.domain.resources = { requests: { cpu: '1m' }, overcommitGuestOverhead: true };
  return instance;
}

/** Resolves at a moment of the monotonic clock. */
function until(at: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, Math.max(0, at - performance.now()));
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new BenchError('timeout', 'aborted'));
    });
  });
}

async function deadline(ms: number, recorder: StartRecorder, signal: AbortSignal): Promise<never> {
  await until(performance.now() + ms, signal);
  const reached = stages.map(({ name }) => `${name} ${recorder.count(name)}`).join(', ');
  throw new BenchError(
    'timeout',
    `not all of ${recorder.records.size} instances run: ${reached}; ended ${recorder.failed.size}`,
  );
}

function report(
  records: readonly StartRecord[],
  about: {
    elapsedMs: number;
    busy: number;
    cpuPerInstanceMs: number;
    cpuByProgramMs: Record<string, number>;
    programs: 'built' | 'sources';
  },
): { rows: Row[]; details: Record<string, unknown> } {
  const totals = records.map(totalMs);
  const layers = records.map(layerMs);
  const p50 = median(totals);
  const p95 = percentile(totals, 0.95);
  const shares = Object.entries(about.cpuByProgramMs)
    .toSorted((a, b) => b[1] - a[1])
    .map(([name, ms]) => `${name} ${ms.toFixed(0)}`)
    .join(', ');
  const own = Object.values(about.cpuByProgramMs).reduce((sum, ms) => sum + ms, 0);
  const offered = availableParallelism() * intervalMs;
  const cost =
    `a start costs ${own.toFixed(0)} ms of CPU (${shares}); ${availableParallelism()} cores offer ${offered} ms ` +
    `every ${intervalMs} ms; processors ${(about.busy * 100).toFixed(0)} % busy, ` +
    `${about.cpuPerInstanceMs.toFixed(0)} ms a start with everything else on the machine`;
  const rows: Row[] = [
    {
      what: `creation to Running, ${records.length} on mock, P50`,
      value: p50,
      unit: 'ms',
      reason: `programs: ${about.programs}`,
    },
    {
      what: `creation to Running, ${records.length} on mock, P95`,
      value: p95,
      unit: 'ms',
      goal: { kind: 'at-most', value: 1000 },
      reason: cost,
    },
    ...layerRows(records),
  ];
  return { rows, details: { ...about, totalsMs: totals, layersMs: layers } };
}

/** The share that each layer has in the time of all starts. */
export function layerRows(records: readonly StartRecord[]): Row[] {
  const layers = records.map(layerMs);
  const whole = mean(records.map(totalMs));
  return stages.map(({ name, layer }): Row => {
    const took = layers.map((one) => one[name]);
    return {
      what: `  share of ${layer}`,
      value: (mean(took) / whole) * 100,
      unit: 'percent',
      reason: `P50 ${median(took).toFixed(0)} ms, P95 ${percentile(took, 0.95).toFixed(0)} ms`,
    };
  });
}
