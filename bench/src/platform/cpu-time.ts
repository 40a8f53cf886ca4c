import { readFile } from 'node:fs/promises';

/** Ticks per second of the times in /proc, the same on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Processor time of the whole machine since it started, in seconds, all cores together (proc(5), /proc/stat). */
export async function cpuSeconds(): Promise<{ busy: number; total: number }> {
  const [first = ''] = (await readFile('/proc/stat', 'utf8')).split('\n');
  // user nice system idle iowait irq softirq steal; guest times are part of user.
  const ticks = first.trim().split(/\s+/).slice(1, 9).map(Number);
  const total = ticks.reduce((sum, value) => sum + value, 0);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return { busy: (total - idle) / ticksPerSecond, total: total / ticksPerSecond };
}

/**
 * Processor time of a process and of its children that have ended and were waited for, in seconds (proc(5), fields 14 to
 * 17 of /proc/PID/stat); undefined when it has ended itself.
 */
export async function processCpuSeconds(pid: number): Promise<number | undefined> {
  let text: string;
  try {
    text = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
  // After the name, which ends with the last parenthesis, comes field 3.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}
