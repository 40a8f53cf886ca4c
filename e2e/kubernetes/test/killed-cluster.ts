import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { waitUntil } from '@virtkit/testing';
import { machineTraces } from '../cluster/machine-traces.ts';
import { readSettings, type Settings } from '../cluster/settings.ts';
import { controlPlaneFiles } from '../control-plane-files.ts';
import { Programs } from '../programs.ts';
import { startTimeoutMs } from './patience.ts';

/**
 * Starts a cluster in a process of its own, which is killed when etcd runs.
 * @returns what is needed to look for traces, of which there are some
 */
export async function killedWhileStarting(folder: string): Promise<Settings> {
  const program = join(import.meta.dirname, 'programs', 'start-cluster.ts');
  const starting = spawn(process.execPath, ['--conditions=@virtkit/source', program, folder], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = once(starting, 'exit');
  const programs = new Programs(controlPlaneFiles(folder).run, 'detached');
  try {
    const runs = await waitUntil(
      'etcd of a cluster runs',
      async () => {
        if (starting.exitCode !== null) return 'ended';
        return (await programs.pid('etcd')) !== undefined && 'runs';
      },
      { timeoutMs: startTimeoutMs },
    );
    if (runs === 'ended') throw new Error('the cluster did not start');
  } finally {
    starting.kill('SIGKILL');
    await ended;
  }
  const settings = await readSettings(folder);
  if (settings === undefined || (await machineTraces(settings)).length === 0)
    throw new Error('a cluster that was killed leaves something');
  return settings;
}
