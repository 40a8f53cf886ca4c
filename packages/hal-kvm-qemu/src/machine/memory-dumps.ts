import type { CallOptions, MemoryDumpState } from '@virtkit/hal';
import { Dump, DumpFormat, type Domain } from '../native/index.ts';
import type { MachineDirectory, MemoryDump } from './machine-directory.ts';

/** Folders of the machines that this process is dumping. libvirt does the work; this process waits for its end. */
const waiting = new Set<string>();

/**
 * The last dump of a machine, if there was one. A dump whose process ended with it has nobody who knows its outcome: it runs as
 * long as libvirt has a job for the domain, then it counts as failed.
 */
export async function lastDump(
  directory: MachineDirectory,
  domain: Domain,
  options: CallOptions,
): Promise<MemoryDump | undefined> {
  const dump = await directory.readMemoryDump();
  if (dump?.state.kind !== 'running' || waiting.has(directory.path)) return dump;
  const { type } = await domain.migration.jobInfo(options);
  if (type !== 0) return dump;
  return { ...dump, state: failed('the process that waited for its end is gone') };
}

/**
 * Has libvirt write the guest's memory to a file; returns once that is noted, and calls `ended` when the outcome is.
 * @param domain Its own reference, which is disposed at the end.
 */
export async function beginDump(
  directory: MachineDirectory,
  domain: Domain,
  path: string,
  ended: () => void,
): Promise<void> {
  const dump: MemoryDump = { path, startedAt: new Date().toISOString(), state: { kind: 'running' } };
  await directory.writeMemoryDump(dump);
  waiting.add(directory.path);
  void outcome(domain, path)
    .then((state) => directory.writeMemoryDump({ ...dump, state }))
    .catch(() => {
      // Its folder went with the machine, or cannot be written to: then the dump has no witness, and counts as failed.
    })
    .finally(() => {
      waiting.delete(directory.path);
      domain[Symbol.dispose]();
      ended();
    });
}

async function outcome(domain: Domain, path: string): Promise<MemoryDumpState> {
  try {
    await domain.coreDump(path, DumpFormat.elf, Dump.memoryOnly);
    return { kind: 'completed', endedAt: new Date().toISOString() };
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}

const failed = (message: string): MemoryDumpState => ({
  kind: 'failed',
  endedAt: new Date().toISOString(),
  message,
});
