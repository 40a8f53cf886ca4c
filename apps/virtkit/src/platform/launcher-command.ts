import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { CommandLine } from './programs.ts';

const run = promisify(execFile);

/** V8 settings for a program of which there is one for each machine, and which does little after its start. */
const flags = ['--max-semi-space-size=1'];

/** More of them with the snapshot. Without it they would cost more than they save: Node's own code cache is for others. */
const snapshotFlags = [
  '--v8-pool-size=1',
  // Code that runs a few times is not worth compiling; what runs often still is, by the optimising compilers.
  '--no-sparkplug',
  // Hashes keep the seed of the snapshot: choosing another takes 15 ms. Colliding keys could only come from the one guest
  // that the launcher serves, and cost nobody else anything.
  '--no-rehash-snapshot',
];

/** Flags of Node for a launcher that starts from its snapshot. */
export const launcherFlags: readonly string[] = [...flags, ...snapshotFlags];

/** Memory that the C library keeps for itself: one arena, and little of what was given back. */
export const launcherEnvironment = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '131072' };

/** Milliseconds for a start that takes a tenth of a second. */
const patience = 20_000;

/** How launchers are started, and why not in the quicker way where that is so. */
export interface LauncherCommand {
  command: CommandLine;
  /** Why launchers do without the start-up snapshot; absent when they use it, and from sources, which have none. */
  withoutSnapshot?: string;
}

/**
 * How launchers are started: from the snapshot that the build made beside the program where this Node takes it, which it
 * refuses when another version or build of Node made it. Each start then costs a third of the processor time.
 * @param plain The program's own command line (`commandFor('virt-launcher')`), which works everywhere.
 */
export async function chooseLauncherCommand(
  [node, ...args]: CommandLine,
  { signal }: { signal?: AbortSignal } = {},
): Promise<LauncherCommand> {
  const plain: CommandLine = [node, ...flags, ...args];
  const script = args.at(-1)!;
  if (!script.endsWith('.js')) return { command: plain };
  const snapshot = join(dirname(script), 'snapshot', 'program.blob');
  if (!existsSync(snapshot)) return { command: plain, withoutSnapshot: `${snapshot} is not there` };
  const command: CommandLine = [node, ...launcherFlags, '--snapshot-blob', snapshot, script];
  try {
    await run(node, [...command.slice(1), 'check'], { timeout: patience, killSignal: 'SIGKILL', signal });
    return { command };
  } catch (error) {
    signal?.throwIfAborted();
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    return { command: plain, withoutSnapshot: said === '' ? String(error) : said.slice(0, 1000) };
  }
}
