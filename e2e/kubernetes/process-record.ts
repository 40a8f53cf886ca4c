import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What tells a process from another one that later got the same number. */
export const ProcessRecordSchema = z.object({
  pid: z.int().positive(),
  startTime: z.string(),
  bootId: z.string(),
});
export type ProcessRecord = z.output<typeof ProcessRecordSchema>;

/** Another one after each start of the machine. */
export const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** @returns undefined when there is no such process, or only its exit code is left */
export function recordOf(pid: number): ProcessRecord | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime, bootId };
}

/** The process that asks. */
export function ownRecord(): ProcessRecord {
  const record = recordOf(process.pid);
  if (record === undefined) throw new Error('a process that asks runs');
  return record;
}

export const isRunning = ({ pid, startTime, bootId: boot }: ProcessRecord): boolean =>
  boot === bootId && startTimeOf(pid) === startTime;

/** When a process started, in clock ticks since boot; undefined when there is none, or when only its exit code is left. */
function startTimeOf(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
  // The name, second, is in parentheses and may contain anything; the state is third, the number of threads 20th, the start
  // time 22nd. The first thread of a killed process may be a zombie while others still hold its sockets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' && Number(fields[17]) <= 1 ? undefined : fields[19];
}
