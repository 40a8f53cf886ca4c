import type { Random } from '../../support/random.ts';
import type { FaultKind, FaultRecord } from '../history.ts';
import type { Connections } from '../record/connections.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Disk } from './disk.ts';
import type { ServerUnderTest } from './server.ts';

/** What faults act upon. */
interface FaultContext {
  server: ServerUnderTest;
  disk: Disk;
  connections: Connections;
  recorder: Recorder;
  random: Random;
  /** The revision up to which every reference watch has seen everything. */
  seenByReferences: () => number;
}

/** Milliseconds that a fault lasts, where it lasts. */
const LASTS_MS = [20, 150, 700] as const;

/** Does one thing to the server, and undoes it. What it came to is recorded. */
export async function inject(context: FaultContext, kind: FaultKind): Promise<void> {
  const record: FaultRecord = { kind, begin: context.recorder.now() };
  context.recorder.history.faults.push(record);
  const detail = await FAULTS[kind](context);
  if (detail !== undefined) record.detail = detail;
  record.end = context.recorder.now();
}

function last({ random }: FaultContext): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, random.pick(LASTS_MS)));
}

const FAULTS: Record<FaultKind, (context: FaultContext) => Promise<string | undefined>> = {
  async kill({ server }) {
    await server.kill();
    await server.start();
    return undefined;
  },

  async 'kill-while-starting'(context) {
    const { server, random } = context;
    await server.kill();
    server.spawn();
    await new Promise((resolve) => setTimeout(resolve, random.between(0, 600)));
    await server.kill();
    await server.start();
    return undefined;
  },

  async 'power-cut'({ server, random }) {
    const lost = await server.cutPower(random);
    await server.start();
    return `${lost} writes lost that were not synced`;
  },

  async pause(context) {
    context.server.signal('SIGSTOP');
    await last(context);
    context.server.signal('SIGCONT');
    return undefined;
  },

  async 'full-disk'(context) {
    const { server, disk } = context;
    await disk.fill(server.pid);
    try {
      await last(context);
      const compaction = await compact(context, false);
      return compaction;
    } finally {
      await disk.free(server.pid);
    }
  },

  async 'kill-on-full-disk'(context) {
    const { server, disk } = context;
    await disk.fill(server.pid);
    try {
      await server.kill();
      // What is stored can be read without any free space.
      await server.start();
      await last(context);
    } finally {
      await disk.free(server.pid);
    }
    return undefined;
  },

  async clock(context) {
    const { server, random } = context;
    const offsetMs = random.pick([-24, -1, 0, 1, 24]) * 3_600_000 + random.between(-5_000, 5_000);
    await server.moveClock(offsetMs);
    // In the light of the new time, history may be older than what is kept.
    const compaction = random.percent(30) ? await compact(context, true) : 'no compaction';
    return `${offsetMs} ms, ${compaction}`;
  },

  'cut-connections'({ connections, random }) {
    const chance = random.pick([30, 100]);
    return Promise.resolve(`${connections.cut(() => random.percent(chance))} cut`);
  },

  compaction: (context) => compact(context, false),
};

/** Compacts to a revision that the reference watches have passed; by age it may go further. */
async function compact(context: FaultContext, byAge: boolean): Promise<string> {
  const { server, recorder, random, seenByReferences } = context;
  const seen = seenByReferences();
  const target = Math.max(1, seen - random.pick([0, 0, 2, 20]));
  // Recorded before it is done: from now on an answer of 410 may come.
  recorder.history.compactions.push({ at: recorder.now(), target: byAge ? Number.MAX_SAFE_INTEGER : target });
  const { dropped, failed } = await server.command({ kind: 'compact', target, byAge });
  return failed ?? `${dropped ?? 0} events dropped up to ${target}`;
}
