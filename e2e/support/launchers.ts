import { basename } from 'node:path';
import { waitUntil } from '@virtkit/testing';
import { flagOf, listProcesses, type ProcessEntry } from './processes.ts';

/** A launcher process on this machine. */
export interface Launcher {
  readonly pid: number;
  /** UID of the run that it serves. */
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
}

/** Launchers are told apart from the sandboxes around them, whose command lines end with theirs, by their first word. */
function asLauncher(entry: ProcessEntry): Launcher[] {
  const [program = ''] = entry.command;
  const uid = flagOf(entry, '--uid');
  if (basename(program) !== 'node' || uid === undefined || !entry.command.includes('--grace-period-seconds'))
    return [];
  return [
    {
      pid: entry.pid,
      uid,
      namespace: flagOf(entry, '--namespace') ?? '',
      name: flagOf(entry, '--name') ?? '',
    },
  ];
}

/** Every launcher on this machine, of whichever platform. */
export const listLaunchers = (processes = listProcesses()): Launcher[] => processes.flatMap(asLauncher);

/** The process that serves a run. @throws Error when there is none */
export function launcherOf(uid: string): Promise<number> {
  return waitUntil(
    `a launcher for ${uid}`,
    () => listLaunchers().find((launcher) => launcher.uid === uid)?.pid,
  );
}

/** The process that serves a machine of this name. @throws Error when there is none */
export function launcherNamed(name: string): Promise<number> {
  return waitUntil(
    `a launcher for ${name}`,
    () => listLaunchers().find((launcher) => launcher.name === name)?.pid,
    { timeoutMs: 30_000, intervalMs: 10 },
  );
}
