import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@virtkit/controllers/runtime';
import { FailedLauncherSchema, type FailedLauncher } from '@virtkit/core-types';
import { openPlainFile, openPlainFolder, plainName } from '../pods/plain-folder.ts';

/** How much is kept. What is too much goes, oldest first. */
export interface LogBounds {
  /** Of one log: its end stays. */
  readonly bytes: number;
  /** Logs of instances of one name, so that one that crashes over and over does not push out what others left. */
  readonly perInstance: number;
  /** Logs on this node; those of the namespace that has the most go first. */
  readonly perNode: number;
  readonly ageMs: number;
}

export const defaultBounds: LogBounds = {
  bytes: 1024 * 1024,
  perInstance: 5,
  perNode: 200,
  ageMs: 14 * 24 * 60 * 60_000,
};

interface KeptFile {
  readonly namespace: string;
  readonly name: string;
  readonly file: string;
  readonly modified: number;
}

interface InstanceName {
  readonly namespace: string;
  readonly name: string;
}

const suffix = '.log';
/** A file that is being written. */
const unfinished = '.new';
/** Longest that writing one takes, in milliseconds: older ones were left by a process that was killed. */
const longestWrite = 60_000;
/** Bytes in which the first line of a file ends. */
const longestRecord = 16 * 1024;

/**
 * Logs of launchers that failed, for as long as the bounds allow: `NAMESPACE/INSTANCE/POD-UID.log` below a folder of this
 * program's own. Their first line tells what failed, as a log line of this program; the rest is what the launcher wrote.
 */
export class KeptLogs {
  readonly #folder: string;
  readonly #bounds: LogBounds;
  readonly #clock: Clock;

  constructor(folder: string, options: { bounds?: LogBounds | undefined; clock: Clock }) {
    this.#folder = folder;
    this.#bounds = options.bounds ?? defaultBounds;
    this.#clock = options.clock;
  }

  /** Bytes of a log that are kept. */
  get bytes(): number {
    return this.#bounds.bytes;
  }

  /** Whether the log of a Pod is kept already. @throws HandlerError `unsafe-path` */
  async has({ namespace, name, podUID }: FailedLauncher): Promise<boolean> {
    return (await this.read({ namespace, name }, podUID)) !== undefined;
  }

  /**
   * Keeps what a launcher wrote, in place of what was kept of it before.
   *
   * @returns the path of the file
   * @throws HandlerError `unsafe-path` for what are no names, the system's error when there is no room
   */
  async keep(launcher: FailedLauncher, text: string): Promise<string> {
    const { namespace, name, podUID } = launcher;
    const folder = join(this.#folder, plainName(namespace), plainName(name));
    const path = join(folder, `${plainName(podUID)}${suffix}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      await using file = await open(`${path}${unfinished}`, 'w', 0o600);
      await file.writeFile(`${headLine(launcher)}\n${text}${text === '' || text.endsWith('\n') ? '' : '\n'}`);
    } catch (error) {
      await rm(`${path}${unfinished}`, { force: true });
      throw error;
    }
    await rename(`${path}${unfinished}`, path);
    await this.prune();
    return path;
  }

  /** Launchers of an instance's name of which there are logs, the last one first. @throws HandlerError `unsafe-path` */
  async list({ namespace, name }: InstanceName): Promise<FailedLauncher[]> {
    const files = await names(join(this.#folder, plainName(namespace), plainName(name)));
    const launchers: FailedLauncher[] = [];
    for (const file of files.filter((one) => one.endsWith(suffix))) {
      const text = await this.#read({ namespace, name }, file, longestRecord);
      const record = text === undefined ? undefined : recordOf(text);
      if (record !== undefined) launchers.push(record);
    }
    return launchers.toSorted((a, b) => Date.parse(b.failedAt) - Date.parse(a.failedAt));
  }

  /** What was kept of one Pod; undefined when nothing is. @throws HandlerError `unsafe-path` */
  async read(
    instance: InstanceName,
    podUid: string,
  ): Promise<{ launcher: FailedLauncher; text: string } | undefined> {
    const whole = await this.#read(instance, `${plainName(podUid)}${suffix}`);
    const launcher = whole === undefined ? undefined : recordOf(whole);
    if (whole === undefined || launcher === undefined) return undefined;
    return { launcher, text: whole.slice(whole.indexOf('\n') + 1) };
  }

  /** Removes what is beyond the bounds. */
  async prune(): Promise<void> {
    const now = this.#clock.now();
    const kept: KeptFile[] = [];
    for (const file of await this.#files()) {
      const isLog = file.file.endsWith(suffix);
      if (now - file.modified > (isLog ? this.#bounds.ageMs : longestWrite)) await this.#remove(file);
      else if (isLog) kept.push(file);
    }
    for (const file of beyond(kept, this.#bounds)) await this.#remove(file);
  }

  async #read(
    { namespace, name }: InstanceName,
    fileName: string,
    bytes?: number,
  ): Promise<string | undefined> {
    await using folder = await openPlainFolder(this.#folder, [plainName(namespace), plainName(name)]);
    await using file = folder && (await openPlainFile(folder, fileName));
    if (file === undefined || bytes === undefined) return await file?.readFile('utf8');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  }

  async #files(): Promise<KeptFile[]> {
    const files: KeptFile[] = [];
    for (const namespace of await names(this.#folder))
      for (const name of await names(join(this.#folder, namespace)))
        for (const file of await names(join(this.#folder, namespace, name))) {
          const modified = await modifiedAt(join(this.#folder, namespace, name, file));
          if (modified !== undefined) files.push({ namespace, name, file, modified });
        }
    return files;
  }

  async #remove({ namespace, name, file }: KeptFile): Promise<void> {
    await rm(join(this.#folder, namespace, name, file), { force: true });
    await removeIfEmpty(join(this.#folder, namespace, name));
    await removeIfEmpty(join(this.#folder, namespace));
  }
}

/** Files that are too many, by their times. */
function beyond(files: readonly KeptFile[], { perInstance, perNode }: LogBounds): KeptFile[] {
  const newestFirst = files.toSorted((a, b) => b.modified - a.modified);
  const tooMany: KeptFile[] = [];
  const namespaces = new Map<string, KeptFile[]>();
  const instances = new Map<string, number>();
  for (const file of newestFirst) {
    const instance = `${file.namespace}/${file.name}`;
    const count = (instances.get(instance) ?? 0) + 1;
    instances.set(instance, count);
    if (count > perInstance) tooMany.push(file);
    else namespaces.set(file.namespace, [...(namespaces.get(file.namespace) ?? []), file]);
  }
  let total = files.length - tooMany.length;
  for (; total > perNode; total--) {
    const [most = []] = [...namespaces.values()].toSorted((a, b) => b.length - a.length);
    tooMany.push(...most.splice(-1));
  }
  return tooMany;
}

function headLine(launcher: FailedLauncher): string {
  const { failedAt: timestamp, namespace, name } = launcher;
  return JSON.stringify({
    level: 'info',
    timestamp,
    component: 'virt-handler',
    msg: 'log of a launcher that failed',
    key: `${namespace}/${name}`,
    ...launcher,
  });
}

/** Undefined for a file that is none of ours. */
function recordOf(text: string): FailedLauncher | undefined {
  try {
    const line = text.slice(0, Math.max(0, text.indexOf('\n')));
    return FailedLauncherSchema.safeParse(JSON.parse(line)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What is in a folder; nothing when it is gone, or no folder. */
async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

async function modifiedAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    // Somebody removed or replaced it meanwhile.
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!isCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
  }
}

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));
