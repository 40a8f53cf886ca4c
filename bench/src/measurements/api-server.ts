import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { scratchFolder } from '../platform/scratch-folder.ts';
import { median } from '../report/percentile.ts';
import { valueText, type Row, type Unit } from '../report/row.ts';
import { Connections } from './api-server/connections.ts';
import { startOwn, startReal, type MeasuredServer } from './api-server/server.ts';
import { measure, type Around, type Measured, type WorkloadSize } from './api-server/workload.ts';
import type { Measurement, MeasurementContext } from './measurement.ts';

/** What is compared: how it is called, where it is, and whether more or less of it is better. */
const comparisons: readonly { what: string; of: keyof Measured; unit: Unit; better: 'less' | 'more' }[] = [
  { what: 'create, one at a time', of: 'createMs', unit: 'ms', better: 'less' },
  { what: 'create, many at a time', of: 'createsPerSecond', unit: 'per second', better: 'more' },
  { what: 'get, one at a time', of: 'getMs', unit: 'ms', better: 'less' },
  { what: 'get, many at a time', of: 'getsPerSecond', unit: 'per second', better: 'more' },
  { what: 'list of all', of: 'listMs', unit: 'ms', better: 'less' },
  { what: 'patch, one at a time', of: 'patchMs', unit: 'ms', better: 'less' },
  { what: 'patch, many at a time', of: 'patchesPerSecond', unit: 'per second', better: 'more' },
  { what: 'a change until all watches tell', of: 'fanOutMs', unit: 'ms', better: 'less' },
  { what: 'memory of the objects', of: 'memoryMiB', unit: 'MiB', better: 'less' },
];

/**
 * The embedded API server beside the real kube-apiserver with etcd, one after the other on this machine, each on disk and with
 * its own defaults. A ratio over 1 says that the embedded one is better.
 */
export const apiServer: Measurement = {
  name: 'apiserver',
  async run(context) {
    const { quick, progress } = context;
    const size: WorkloadSize = quick
      ? { objects: 1_000, single: 50, atOnce: 20, watchers: 100, events: 10 }
      : { objects: 10_000, single: 300, atOnce: 50, watchers: 1_000, events: 20 };
    await using folder = await scratchFolder();
    progress('starting the embedded one');
    const starts = await startsOf(context, folder.path, quick ? 5 : 20);
    const own = await measured(await startOwn(join(folder.path, 'store'), context.programs), size, context);
    progress('starting the real one, which is built if it is not');
    const real = await measured(await startReal(), size, context);
    const slower = comparisons.filter(({ of, better }) => ratioOf(better, own[of], real[of]) < 1);
    const reasons =
      slower.length === 0
        ? new Map<keyof Measured, string>()
        : await reasonsOf(
            slower.map(({ of }) => of),
            join(folder.path, 'profiled'),
            size,
            context,
          );
    return {
      rows: [
        row('start', 'ms', 'less', starts.onDisk, real.startMs),
        {
          what: 'start of the embedded one in memory, with its process',
          value: starts.inMemory,
          unit: 'ms',
          ...(context.programs === 'sources' && {
            reason: 'from sources: the types of every file are taken out first',
          }),
        },
        ...comparisons.map(({ what, of, unit, better }) =>
          row(what, unit, better, own[of], real[of], reasons.get(of)),
        ),
      ],
      details: { size, starts, own, real },
    };
  },
};

type Outcome = Measured & { readonly startMs: number };

async function measured(
  starting: MeasuredServer,
  size: WorkloadSize,
  { progress, signal }: MeasurementContext,
  around?: Around,
): Promise<Outcome> {
  await using server = starting;
  signal.throwIfAborted();
  using connections = new Connections(server.url, server.identity, size.atOnce + size.watchers);
  const result = await measure(
    connections,
    () => server.memory(),
    size,
    (message) => {
      signal.throwIfAborted();
      progress(`${server.name}: ${message}`);
    },
    around,
  );
  return { ...result, startMs: server.startMs };
}

/** Medians of first starts. */
async function startsOf(
  { programs }: MeasurementContext,
  folder: string,
  count: number,
): Promise<{ inMemory: number; onDisk: number }> {
  const times = { inMemory: [] as number[], onDisk: [] as number[] };
  const dataDir = join(folder, 'started');
  for (let index = 0; index < count; index += 1) {
    {
      await using inMemory = await startOwn(undefined, programs);
      times.inMemory.push(inMemory.startMs);
    }
    await using onDisk = await startOwn(dataDir, programs);
    times.onDisk.push(onDisk.startMs);
    await rm(dataDir, { recursive: true, force: true });
  }
  return { inMemory: median(times.inMemory), onDisk: median(times.onDisk) };
}

/** Does everything once more, and has the server say what it does while that is done in which it was slower. */
async function reasonsOf(
  slower: readonly (keyof Measured)[],
  dataDir: string,
  size: WorkloadSize,
  context: MeasurementContext,
): Promise<ReadonlyMap<keyof Measured, string>> {
  context.progress('profiling what was slower');
  const reasons = new Map<keyof Measured, string>();
  const server = await startOwn(dataDir, context.programs);
  await measured(server, size, context, async (of, run) => {
    if (!slower.includes(of)) return run();
    if (of !== 'memoryMiB') await server.profile?.('begin');
    const result = await run();
    reasons.set(of, (await server.profile?.(of === 'memoryMiB' ? 'memory' : 'end')) ?? '');
    return result;
  });
  return reasons;
}

function ratioOf(better: 'less' | 'more', own: number, real: number): number {
  return better === 'less' ? real / own : own / real;
}

function row(
  what: string,
  unit: Unit,
  better: 'less' | 'more',
  own: number,
  real: number,
  why?: string,
): Row {
  const values = `embedded ${valueText(own, unit)}, real ${valueText(real, unit)}`;
  return {
    what,
    value: ratioOf(better, own, real),
    unit: 'ratio',
    goal: { kind: 'at-least', value: 1 },
    reason: why === undefined ? values : `${values}; ${why}`,
  };
}
