import { BenchError } from '../errors.ts';
import { sandboxPids } from '../platform/launcher-pods.ts';
import {
  memoryOf,
  processTable,
  withDescendants,
  type Memory,
  type ProcessEntry,
} from '../platform/process-memory.ts';
import { startSeparatePrograms } from '../platform/separate-programs.ts';
import { namespace, storeTinyGuest, tinyGuest, untilRuns } from '../platform/tiny-guest.ts';
import { mean } from '../report/percentile.ts';
import type { Row } from '../report/row.ts';
import type { Measurement } from './measurement.ts';

const machines = 10;
/** What KubeVirt reckons with for a machine's processes beside QEMU, in MiB. */
const accountedByKubeVirt = 190;

/** Memory of the platform's programs, and of what runs beside QEMU in each Pod, with ten real guests on the node. */
export const memory: Measurement = {
  name: 'memory',
  async run({ programs, signal, progress }) {
    progress('starting the platform');
    await using platform = await startSeparatePrograms({ hypervisor: 'kvm-qemu', programs, signal });
    await storeTinyGuest(platform);
    const { client, root } = platform;
    progress(`${machines} guests`);
    const names = Array.from({ length: machines }, (_, index) => `guest-${index}`);
    for (const name of names)
      await client.virtualMachineInstances.create(tinyGuest(name), { namespace, signal });
    for (const name of names) {
      const { status } = await untilRuns(platform, name, signal);
      if (status?.phase !== 'Running')
        throw new BenchError('platform-failed', `guest ${name} is ${status?.phase}`);
    }
    progress('reading /proc');
    const table = await processTable();
    const perProgram = new Map<string, Memory>();
    for (const [name, pid] of platform.pids) {
      const used = await memoryOf(pid);
      if (used === undefined) throw new BenchError('platform-failed', `the program ${name} has ended`);
      perProgram.set(name, used);
    }
    const pods = [];
    for (const [, pid] of await sandboxPids(root))
      pods.push(await memoryByProcess(withDescendants(table, pid)));
    return report(perProgram, pods);
  },
};

type ByProcess = Map<string, Memory>;

/** Sums by program name. */
async function memoryByProcess(entries: readonly ProcessEntry[]): Promise<ByProcess> {
  const sums: ByProcess = new Map();
  for (const { pid, name } of entries) {
    const used = await memoryOf(pid);
    if (used === undefined) continue;
    const key = name.startsWith('qemu-system') ? 'QEMU' : name;
    const sum = sums.get(key) ?? { rss: 0, pss: 0 };
    sums.set(key, { rss: sum.rss + used.rss, pss: sum.pss + used.pss });
  }
  return sums;
}

function report(
  programs: ReadonlyMap<string, Memory>,
  pods: readonly ByProcess[],
): { rows: Row[]; details: Record<string, unknown> } {
  const withQemu = pods.filter((one) => one.has('QEMU'));
  if (withQemu.length !== machines)
    throw new BenchError('platform-failed', `${withQemu.length} of ${machines} Pods have a QEMU`);
  const names = [...new Set(withQemu.flatMap((one) => [...one.keys()]))];
  const average = (name: string, kind: keyof Memory): number =>
    mean(withQemu.map((one) => one.get(name)?.[kind] ?? 0));
  const beside = names
    .filter((name) => name !== 'QEMU')
    .toSorted((a, b) => average(b, 'pss') - average(a, 'pss'));
  const sum = (kind: keyof Memory): number => beside.reduce((total, name) => total + average(name, kind), 0);
  const parts = beside.map((name) => `${name} ${average(name, 'pss').toFixed(1)}`).join(', ');
  const rows: Row[] = [
    {
      what: `memory beside QEMU per machine, ${machines} on the node (PSS)`,
      value: sum('pss'),
      unit: 'MiB',
      goal: { kind: 'at-most', value: 40 },
      reason: `${parts}; resident ${sum('rss').toFixed(0)}; KubeVirt accounts ${accountedByKubeVirt}`,
    },
    ...[...programs].map(([name, { pss, rss }]): Row => ({
      what: `  memory of ${name} (PSS)`,
      value: pss,
      unit: 'MiB',
      reason: `resident ${rss.toFixed(0)} MiB`,
    })),
  ];
  const plain = (sums: ReadonlyMap<string, Memory>): Record<string, Memory> => Object.fromEntries(sums);
  return { rows, details: { programs: plain(programs), pods: pods.map(plain) } };
}
