import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MachineSpecSchema, type MachineSpec } from '@virtkit/hal';
import { isDeleted, waitFor } from '@virtkit/sdk';
import { BenchError } from '../errors.ts';
import { firstText, prepareDirectGuests } from '../platform/direct-guest.ts';
import { volumeFolder } from '../platform/launcher-pods.ts';
import { startSeparatePrograms, type SeparatePrograms } from '../platform/separate-programs.ts';
import { namespace, storeTinyGuest, tinyGuest, untilRuns } from '../platform/tiny-guest.ts';
import { median } from '../report/percentile.ts';
import type { Row } from '../report/row.ts';
import type { Measurement } from './measurement.ts';

/** One guest's start through the platform, in milliseconds since the request was sent. */
interface PlatformStart {
  runningMs: number;
  consoleMs: number;
  text: string;
}

/** From the request to the first byte of a real guest's console: through the whole platform, and straight through libvirt. */
export const firstConsoleByte: Measurement = {
  name: 'console',
  async run({ quick, programs, signal, progress }) {
    progress('starting the platform');
    await using platform = await startSeparatePrograms({ hypervisor: 'kvm-qemu', programs, signal });
    await storeTinyGuest(platform);
    progress('one guest first, whose definition the direct starts use');
    const { spec } = await throughPlatform(platform, 'warm', signal);
    await using direct = await prepareDirectGuests(spec);
    await direct.firstConsoleByte(signal);
    const rounds = quick ? 3 : 5;
    const platformStarts: PlatformStart[] = [];
    const directStarts: { ms: number; text: string }[] = [];
    for (let round = 0; round < rounds; round++) {
      progress(`round ${round + 1} of ${rounds}`);
      platformStarts.push((await throughPlatform(platform, `guest-${round}`, signal)).start);
      directStarts.push(await direct.firstConsoleByte(signal));
    }
    return report(platformStarts, directStarts, direct.xml);
  },
};

async function throughPlatform(
  platform: SeparatePrograms,
  name: string,
  signal: AbortSignal,
): Promise<{ start: PlatformStart; spec: MachineSpec }> {
  const instances = platform.client.virtualMachineInstances;
  const begin = performance.now();
  await instances.create(tinyGuest(name), { namespace, signal });
  const instance = await untilRuns(platform, name, signal);
  if (instance.status?.phase !== 'Running')
    throw new BenchError('platform-failed', `guest ${name} is ${instance.status?.phase}`);
  const runningMs = performance.now() - begin;
  const stream = await instances.console(name, { namespace, signal });
  const text = await firstText(stream, signal);
  const consoleMs = performance.now() - begin;
  stream.destroy();
  const [podUid = ''] = Object.keys(instance.status.activePods ?? {});
  const machines = join(volumeFolder(platform.root, podUid, 'private'), 'hypervisor', 'machines');
  const specText = await readFile(join(machines, instance.metadata.uid ?? '', 'spec.json'), 'utf8');
  await instances.delete(name, { namespace, gracePeriodSeconds: 0, signal });
  await waitFor(instances, name, isDeleted, { namespace, signal, timeoutSeconds: 60 });
  return { start: { runningMs, consoleMs, text }, spec: MachineSpecSchema.parse(JSON.parse(specText)) };
}

function report(
  platformStarts: readonly PlatformStart[],
  directStarts: readonly { ms: number; text: string }[],
  xml: string,
): { rows: Row[]; details: Record<string, unknown> } {
  const through = median(platformStarts.map(({ consoleMs }) => consoleMs));
  const running = median(platformStarts.map(({ runningMs }) => runningMs));
  const direct = median(directStarts.map(({ ms }) => ms));
  return {
    rows: [
      {
        what: 'POST to first console byte against direct creation',
        value: through / direct,
        unit: 'ratio',
        goal: { kind: 'at-most', value: 1.3 },
        reason: `the platform takes ${(through - direct).toFixed(0)} ms more; medians of ${platformStarts.length}, in turns`,
      },
      { what: '  POST to Running through the platform', value: running, unit: 'ms' },
      { what: '  POST to first console byte through the platform', value: through, unit: 'ms' },
      { what: '  first console byte, created directly through libvirt', value: direct, unit: 'ms' },
    ],
    details: { platformStarts, directStarts, xml },
  };
}
