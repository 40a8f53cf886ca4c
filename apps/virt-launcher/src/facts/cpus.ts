import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CpusFact } from '@virtkit/launcher-api';
import { isAbsent } from './contained-file.ts';

/** Where the kernel tells of CPUs; parameters for tests. */
export interface CpuFiles {
  /** Status of this process; default `/proc/self/status`. */
  status?: string;
  /** Default `/sys/devices/system`. */
  system?: string;
}

/**
 * CPUs that this Pod may use, and the nodes of the host with their cores. A host that tells of no nodes has none.
 */
export async function readCpus({
  status = '/proc/self/status',
  system = '/sys/devices/system',
}: CpuFiles = {}): Promise<CpusFact> {
  const allowed = /^Cpus_allowed_list:\s*(\S*)$/m.exec(await readFile(status, 'utf8'))?.[1] ?? '';
  const ids = (await names(join(system, 'node'))).flatMap((name) => /^node(\d+)$/.exec(name)?.[1] ?? []);
  const sorted = ids.map(Number).sort((a, b) => a - b);
  const nodes = [];
  for (const id of sorted) nodes.push(await readNode(system, id, sorted));
  return { own: cpuList(allowed), nodes };
}

async function readNode(
  system: string,
  id: number,
  all: readonly number[],
): Promise<CpusFact['nodes'][number]> {
  const folder = join(system, 'node', `node${id}`);
  const cpus = cpuList((await text(join(folder, 'cpulist'))) ?? '');
  const cores = new Map<string, number[]>();
  for (const cpu of cpus) {
    const siblings = await text(join(system, 'cpu', `cpu${cpu}`, 'topology', 'thread_siblings_list'));
    cores.set(siblings ?? String(cpu), siblings === undefined ? [cpu] : cpuList(siblings));
  }
  const values = ((await text(join(folder, 'distance'))) ?? '').split(/\s+/).filter(Boolean).map(Number);
  return {
    id,
    cores: [...cores.values()],
    distances: values.flatMap((value, index) => {
      const node = all[index];
      return node === undefined ? [] : [{ node, value }];
    }),
  };
}

/** `0-2,5` -> 0, 1, 2, 5, as the kernel writes sets of CPUs. */
function cpuList(list: string): number[] {
  return list
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

async function text(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
