import { readdir, readFile } from 'node:fs/promises';

/** Memory of processes in MiB: resident, and proportional (shared pages divided by who shares them). */
export interface Memory {
  rss: number;
  pss: number;
}

const kibPerMib = 1024;

/** Reads `Rss` and `Pss` of the text of `/proc/PID/smaps_rollup` (proc(5)). @throws RangeError when they are not there */
export function parseSmapsRollup(text: string): Memory {
  const value = (field: string): number => {
    const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
    if (found === undefined) throw new RangeError(`no ${field} in smaps_rollup`);
    return Number(found) / kibPerMib;
  };
  return { rss: value('Rss'), pss: value('Pss') };
}

/** Memory of a process; undefined when it has ended. */
export async function memoryOf(pid: number): Promise<Memory | undefined> {
  const text = await readProcess(pid, 'smaps_rollup');
  // A zombie has an empty file.
  return text === undefined || text === '' ? undefined : parseSmapsRollup(text);
}

/** A process as the process table shows it. */
export interface ProcessEntry {
  pid: number;
  parent: number;
  /** Name of the program file, at most 15 bytes (proc(5), comm). */
  name: string;
}

/** Reads the text of `/proc/PID/stat`. @throws RangeError when it is something else */
export function parseStat(text: string): ProcessEntry {
  // The name is in parentheses and may hold any character, parentheses too.
  const [, pid, name, parent] = /^(\d+) \((.*)\) \S (\d+) /s.exec(text) ?? [];
  if (pid === undefined || name === undefined || parent === undefined)
    throw new RangeError(`not the text of a stat file: ${text.slice(0, 80)}`);
  return { pid: Number(pid), name, parent: Number(parent) };
}

/** All processes that this process can see. */
export async function processTable(): Promise<ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const texts = await Promise.all(pids.map((pid) => readProcess(pid, 'stat')));
  return texts.filter((text) => text !== undefined).map(parseStat);
}

/** A process and all that descend from it. */
export function withDescendants(table: readonly ProcessEntry[], root: number): ProcessEntry[] {
  const children = Map.groupBy(table, ({ parent }) => parent);
  const found = table.filter(({ pid }) => pid === root);
  for (const entry of found) found.push(...(children.get(entry.pid) ?? []));
  return found;
}

/** A file of /proc/PID; undefined when the process ends meanwhile. */
async function readProcess(pid: number, file: string): Promise<string | undefined> {
  try {
    return await readFile(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
