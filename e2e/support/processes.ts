import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process as /proc shows it. */
export interface ProcessEntry {
  readonly pid: number;
  /** Words of the command line; empty for kernel threads and zombies. */
  readonly command: readonly string[];
  /** The program's own name for itself, at most 15 characters. */
  readonly name: string;
}

const goneCodes: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

/** Reads something of a process that may end meanwhile. @returns undefined when it has, or may not be looked at */
function ofProcess<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (goneCodes.has((error as NodeJS.ErrnoException).code)) return undefined;
    throw error;
  }
}

const readProc = (pid: number | 'self', file: string): string | undefined =>
  ofProcess(() => readFileSync(`/proc/${pid}/${file}`, 'utf8'));

const mountNamespace = (pid: number | 'self'): string | undefined =>
  ofProcess(() => readlinkSync(`/proc/${pid}/ns/mnt`));

/** Every process of this machine that is not a zombie. */
export function listProcesses(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const pid = Number(name);
      const command = readProc(pid, 'cmdline')?.split('\0').slice(0, -1) ?? [];
      if (command.length === 0) return [];
      return [{ pid, command, name: readProc(pid, 'comm')?.trim() ?? '' }];
    });
}

/**
 * Processes that belong to a folder with a unique name: it stands in their command line or environment, or their sandbox
 * has something below it mounted. The calling process is left out.
 */
export function processesOf(uniqueName: string): ProcessEntry[] {
  const own = mountNamespace('self');
  return listProcesses().filter(({ pid, command }) => {
    if (pid === process.pid) return false;
    if (command.some((word) => word.includes(uniqueName))) return true;
    if (readProc(pid, 'environ')?.includes(uniqueName) === true) return true;
    // Processes outside of sandboxes see the machine's mounts, whoever made them.
    return mountNamespace(pid) !== own && readProc(pid, 'mountinfo')?.includes(uniqueName) === true;
  });
}

/** The value after a flag in a command line. */
export const flagOf = ({ command }: ProcessEntry, flag: string): string | undefined => {
  const index = command.indexOf(flag);
  return index < 0 ? undefined : command[index + 1];
};

/** Ends a process by force. @returns false when it is gone already */
export function killProcess(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
