import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bootId, isRunning, ownRecord } from './process-record.ts';

const separator = '-';

/**
 * Makes a folder that this process removes before it ends. Its name tells whose it is, so that `removeAbandoned` finds those of
 * processes that were killed.
 */
export function makeOwnedFolder(parent: string, prefix: string): Promise<string> {
  const { pid, startTime } = ownRecord();
  return mkdtemp(join(parent, [prefix, pid, startTime, ''].join(separator)));
}

/** Removes folders that `makeOwnedFolder` made for processes that do not run any more. @returns their paths */
export async function removeAbandoned(parent: string, prefix: string): Promise<string[]> {
  const abandoned = (await readdir(parent)).filter((name) => {
    if (!name.startsWith(prefix + separator)) return false;
    const [, pid, startTime] = /^(\d+)-(\d+)-\w{6}$/.exec(name.slice(prefix.length + separator.length)) ?? [];
    return startTime !== undefined && !isRunning({ pid: Number(pid), startTime, bootId });
  });
  const folders = abandoned.map((name) => join(parent, name));
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  return folders;
}
