import { launcherPaths, type VolumeStatus } from '@virtkit/core-types';
import type { Machine, Observed } from '@virtkit/hal';
import type { MemoryDumpSight } from '@virtkit/machine-plan';
import type { PluggedFiles } from './plugged-files.ts';

/** A volume that guest memory is dumped to. */
export interface DumpSubject {
  entry: VolumeStatus;
  /** The claim's folder on this node. */
  folder: string;
  files: PluggedFiles;
  machine: Machine;
  observed: Observed;
}

/**
 * Has the launcher write a dump under the name that stands in the status, and moves it into its claim when it is whole.
 * @returns how far it is; undefined while no name is written down
 */
export async function dumpMemory(
  { entry, folder, files, machine, observed }: DumpSubject,
  signal: AbortSignal,
): Promise<MemoryDumpSight | undefined> {
  const file = entry.memoryDumpVolume?.targetFileName;
  if (entry.phase !== 'MemoryDumpInProgress' || file === undefined) return undefined;
  const path = `${launcherPaths.hotplugDisks}/${file}`;
  let dump = observed.memoryDump;
  if (dump?.path !== path) {
    await machine.facet('memoryDump').start(path, { signal });
    ({ memoryDump: dump } = await machine.observe({ signal }));
  }
  if (dump?.path !== path) return undefined;
  const { startedAt, state } = dump;
  if (state.kind === 'completed') await files.deliver(file, folder);
  if (state.kind === 'failed') await files.discard(file);
  return { startedAt, state };
}
