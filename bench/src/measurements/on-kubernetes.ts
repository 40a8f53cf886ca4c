import { join } from 'node:path';
import { KubernetesPlatform } from '@virtkit/e2e/kubernetes/platform';
import { readAuditEvents } from '@virtkit/e2e/kubernetes/audit';
import {
  countWrites,
  writesPerMachine,
  type Period,
  type WriteCount,
} from '@virtkit/e2e/kubernetes/write-counts';
import { controllerRevisions } from '@virtkit/controllers';
import type { VirtualMachine } from '@virtkit/core-types';
import { isDeleted, isRunning, virtualMachine, waitFor, type Client } from '@virtkit/sdk';
import { BenchError } from '../errors.ts';
import { scratchFolder } from '../platform/scratch-folder.ts';
import { watchObjects } from '../platform/watch-objects.ts';
import { median, percentile } from '../report/percentile.ts';
import { valueText, type Row } from '../report/row.ts';
import type { Measurement } from './measurement.ts';
import { layerRows, startInstances } from './start-latency.ts';
import { totalMs } from './start-stages.ts';

const namespace = 'default';
const patienceMs = 120_000;
const crowdPatienceMs = 600_000;

/** The same two questions as `writes` and `latency`, put to an installation on unmodified Kubernetes with one node. */
export const onKubernetes: Measurement = {
  name: 'kubernetes',
  async run(context) {
    const { quick, signal, progress } = context;
    await using folder = await scratchFolder();
    progress('starting Kubernetes and installing');
    await using platform = await KubernetesPlatform.start(join(folder.path, 'k'));
    const count = quick ? 3 : 5;
    progress(`${count} machines, one after the other`);
    const plain = await measureWrites(platform, { count, prefix: 'vm', signal });
    progress(`${count} with the container that prints the console's log`);
    const logging = await measureWrites(platform, {
      count,
      prefix: 'logging',
      logSerialConsole: true,
      signal,
    });
    const crowd = quick ? 20 : 100;
    progress(`${crowd} instances, 100 ms apart`);
    const records = await startInstances(platform, {
      count: crowd,
      prefix: 'm',
      context,
      patienceMs: crowdPatienceMs,
    });
    const totals = records.map(totalMs);
    return {
      rows: [
        writeRow('API writes per machine, create to Running', plain, count),
        writeRow('the same with the container of the console log', logging, count),
        { what: `creation to Running, ${crowd} on mock, P50`, value: median(totals), unit: 'ms' },
        { what: `creation to Running, ${crowd} on mock, P95`, value: percentile(totals, 0.95), unit: 'ms' },
        ...layerRows(records),
      ],
      details: { machines: count, plain, logging, totalsMs: totals },
    };
  },
};

interface MachinesToMeasure {
  readonly count: number;
  readonly prefix: string;
  /** As the cluster has it when absent, which as it is installed is false. */
  readonly logSerialConsole?: boolean;
  readonly signal: AbortSignal;
}

/** Each machine is gone before the next one comes: what is written after it runs must not count as the next one's. */
async function measureWrites(
  { client, cluster }: KubernetesPlatform,
  { count, prefix, logSerialConsole, signal }: MachinesToMeasure,
): Promise<WriteCount[]> {
  const during: Period[] = [];
  for (let index = 0; index < count; index++) {
    const machine = virtualMachine({ name: `${prefix}-${index}`, memory: '64Mi', hypervisor: 'mock' });
    const { devices } = machine.spec.template.spec!.domain;
    if (logSerialConsole !== undefined) devices.logSerialConsole = logSerialConsole;
    during.push(await startMachine(client, machine, signal));
    await client.virtualMachines.delete(`${prefix}-${index}`, { namespace, signal });
    const until = { namespace, signal, timeoutSeconds: patienceMs / 1000 };
    // An instance goes after its Pod; what remembers the machine's start is collected by Kubernetes when the machine is gone.
    await waitFor(client.virtualMachineInstances, `${prefix}-${index}`, isDeleted, until);
    await waitFor(client.virtualMachines, `${prefix}-${index}`, isDeleted, until);
    const revisions = client.resource(controllerRevisions);
    for (const { metadata } of (await revisions.list({ namespace, signal })).items)
      await waitFor(revisions, metadata.name ?? '', isDeleted, until);
  }
  const events = await readAuditEvents(cluster.controlPlane.files.auditLog);
  return countWrites(events, { namespace, during });
}

/** Starts a machine; returns the time from its creation until it ran, by the clock that the API server's log has. */
async function startMachine(client: Client, machine: VirtualMachine, outer: AbortSignal): Promise<Period> {
  const { name } = machine.metadata;
  const over = new AbortController();
  const late = AbortSignal.timeout(patienceMs);
  const signal = AbortSignal.any([outer, over.signal, late]);
  const running = Promise.withResolvers<string>();
  signal.addEventListener('abort', () =>
    running.reject(new BenchError('timeout', `machine ${name} does not run after ${patienceMs / 1000} s`)),
  );
  try {
    const { ended } = await watchObjects(client.virtualMachineInstances, namespace, signal, ({ object }) => {
      if (object.metadata.name === name && isRunning(object)) running.resolve(new Date().toISOString());
    });
    const from = new Date().toISOString();
    await client.virtualMachines.create(machine, { namespace, signal });
    const broken = ended.then((): never => {
      throw new BenchError('platform-failed', 'a watch ended');
    });
    return { from, until: await Promise.race([running.promise, broken]) };
  } finally {
    over.abort();
  }
}

function writeRow(what: string, counts: readonly WriteCount[], machines: number): Row {
  return {
    what,
    value: writesPerMachine(counts, 'all', machines),
    unit: 'count',
    goal: { kind: 'at-most', value: 10 },
    reason: counts
      .map(({ writer, verb, resource, count }) => {
        return `${writer} ${verb} ${resource} ${valueText(count / machines, 'count')}`;
      })
      .join(', '),
  };
}
