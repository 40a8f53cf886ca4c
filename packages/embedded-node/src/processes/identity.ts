import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { isSystemError } from '../errors.ts';

/**
 * A process that can be recognised after a restart of this one. Pids are reused; a pid together with its start time
 * (clock ticks since boot, field 22 of /proc/PID/stat, proc(5)) and the boot is not.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
  readonly bootID: string;
}

/** The identity of the machine's current boot. */
export const bootID: string = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

interface ProcessStat {
  readonly state: string;
  readonly parent: number;
  readonly startTime: string;
}

/** Undefined when there is no such process. */
async function readStat(pid: number): Promise<ProcessStat | undefined> {
  let text: string;
  try {
    text = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
  // The command name may hold anything, also spaces and parentheses; fields are counted after its end.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0]!, parent: Number(fields[1]), startTime: fields[19]! };
}

/** The identity of a running process; undefined when there is none or it is a zombie. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await readStat(pid);
  if (stat === undefined || stat.state === 'Z' || stat.state === 'X') return undefined;
  return { pid, startTime: stat.startTime, bootID };
}

/** Whether this very process still runs. A zombie does not. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  if (identity.bootID !== bootID) return false;
  return (await identify(identity.pid))?.startTime === identity.startTime;
}

/**
 * Sends a signal to this very process. Gives false when it has ended already.
 * Between the check and the signal the pid could in theory be reused; the kernel hands out pids in rising order, so
 * that takes a full turn of the pid space within microseconds.
 */
export async function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<boolean> {
  if (!(await isAlive(identity))) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch (error) {
    if (isSystemError(error, 'ESRCH')) return false;
    throw error;
  }
}

/** Direct children, oldest first. */
export async function childrenOf(pid: number): Promise<ProcessIdentity[]> {
  const children = (await childPids(pid)) ?? (await childPidsByScan(pid));
  const identities = await Promise.all(children.map((child) => identify(child)));
  return identities
    .filter((identity) => identity !== undefined)
    .sort((a, b) => Number(BigInt(a.startTime) - BigInt(b.startTime)) || a.pid - b.pid);
}

/** Undefined where the kernel does not offer the list (CONFIG_PROC_CHILDREN). */
async function childPids(pid: number): Promise<number[] | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

async function childPidsByScan(pid: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const stats = await Promise.all(pids.map(async (one) => ({ one, stat: await readStat(one) })));
  return stats.filter(({ stat }) => stat?.parent === pid).map(({ one }) => one);
}

/** The arguments of a process; empty when it is gone. */
export async function argumentsOf(pid: number): Promise<string[]> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ESRCH')) return [];
    throw error;
  }
}
