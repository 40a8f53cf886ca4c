import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A process of a Pod, told apart from a later one of the same number by when it began. */
export interface PodProcess {
  readonly pid: number;
  /** In clock ticks since the machine was started. */
  readonly startedAt: number;
}

/**
 * The processes of Pods, by the control group that the kubelet put them in: only root can move a process to another. Needs the
 * machine's process ids (`hostPID`).
 */
export class PodProcesses {
  readonly #proc: string;

  /** @param proc Where the kernel's view of processes is mounted. */
  constructor(proc = '/proc') {
    this.#proc = proc;
  }

  /** The processes of a Pod, the oldest first: that is the one which holds the Pod's namespaces, and runs nothing of the Pod. */
  async of(podUid: string): Promise<PodProcess[]> {
    const own = await this.#groups('self');
    const names = (await readdir(this.#proc)).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(
      names.map(async (name) => {
        const groups = await this.#groups(name);
        return groups && podOf(groups, own ?? []) === podUid ? this.#look(Number(name)) : undefined;
      }),
    );
    return found
      .flatMap((process) => process ?? [])
      .sort((a, b) => a.startedAt - b.startedAt || a.pid - b.pid);
  }

  /** Whether the process is still there, and not another one with its number. */
  async isAlive({ pid, startedAt }: PodProcess): Promise<boolean> {
    return (await this.#look(pid))?.startedAt === startedAt;
  }

  async #look(pid: number): Promise<PodProcess | undefined> {
    const text = await this.#read(`${pid}/stat`);
    // proc(5): the second field is the program's name in parentheses, with anything in it; the 22nd is the start.
    const startedAt = Number(text?.slice(text.lastIndexOf(')') + 2).split(' ')[19]);
    return Number.isInteger(startedAt) ? { pid, startedAt } : undefined;
  }

  async #groups(name: string): Promise<string[][] | undefined> {
    const text = await this.#read(`${name}/cgroup`);
    // One hierarchy in a line: its number, its controllers, the path.
    return text
      ?.trimEnd()
      .split('\n')
      .map((line) =>
        line
          .replace(/^\d+:[^:]*:/, '')
          .split('/')
          .filter(Boolean),
      );
  }

  /** Undefined when the process has ended. */
  async #read(file: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.#proc, file), 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
        return undefined;
      throw error;
    }
  }
}

/**
 * The Pod that a process is in: the first group of its path that is a Pod's, because what is below it is the Pod's own to name.
 * Groups above those of this program are left out: the cluster itself may run inside of a Pod of another one.
 */
function podOf(groups: readonly string[][], own: readonly string[][]): string | undefined {
  for (const [hierarchy, parts] of groups.entries()) {
    const shared = own[hierarchy] ?? [];
    let depth = 0;
    while (depth < parts.length && parts[depth] === shared[depth]) depth++;
    for (const part of parts.slice(depth)) {
      const uid = podUidOf(part);
      if (uid !== undefined) return uid;
    }
  }
  return undefined;
}

/** The kubelet names a Pod's group `podUID`, or, for systemd, `kubepods-CLASS-podUID.slice` with `_` in place of `-`. */
function podUidOf(part: string): string | undefined {
  const [, plain] = /^pod([0-9a-f][0-9a-f-]+)$/.exec(part) ?? [];
  if (plain !== undefined) return plain;
  const [, slice] = /-pod([0-9a-f][0-9a-f_]+)\.slice$/.exec(part) ?? [];
  return slice?.replaceAll('_', '-');
}
