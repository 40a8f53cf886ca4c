import { watch, type FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from '@virtkit/controllers/runtime';
import { WatchedValue, type Watched } from './watched.ts';

/** What the content of files stands for, or why it is not used. */
export type Reading<T> = { ok: true; value: T } | { ok: false; problem: string };

/** Which files, and what is made of them. */
export interface WatchFilesOptions<T> {
  /** Files that belong together, in the order in which `read` takes their content. */
  readonly paths: readonly string[];
  /** Makes a value of the content of all files. A problem leaves the present value in force. */
  readonly read: (...contents: string[]) => Reading<T>;
  /** Whether two values are the same, so that nobody needs to be told; by `===` unless given. */
  readonly equal?: (one: T, other: T) => boolean;
  readonly logger: Logger;
  /** Ends the wait for files that are not there yet. */
  readonly signal?: AbortSignal;
  /** How often to look without having been notified, in milliseconds (default: 10 s, and 1 s before all files are there). */
  readonly pollMs?: number;
}

/** Values read from files, for as long as it is not disposed of. */
export interface WatchedFiles<T> extends Watched<T>, AsyncDisposable {}

/**
 * Follows files that change while the program runs, as those of mounted Secrets and ConfigMaps do: there, a symbolic link is
 * exchanged. Notifications of the file system make it fast; polling makes it sure. Waits until the files are there and good.
 *
 * @throws the reason of `signal` when it aborts before that
 */
export async function watchFiles<T>(options: WatchFilesOptions<T>): Promise<WatchedFiles<T>> {
  const follower = new FileFollower(options);
  try {
    const value = await follower.first();
    return {
      get current() {
        return value.current;
      },
      onChange: (listener) => value.onChange(listener),
      [Symbol.asyncDispose]: () => follower[Symbol.asyncDispose](),
    };
  } catch (error) {
    await follower[Symbol.asyncDispose]();
    throw error;
  }
}

const patientPoll = 10_000;
const eagerPoll = 1000;

class FileFollower<T> implements AsyncDisposable {
  readonly #options: WatchFilesOptions<T>;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #found = Promise.withResolvers<WatchedValue<T>>();
  #value: WatchedValue<T> | undefined;
  #problem: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #stopped = false;

  constructor(options: WatchFilesOptions<T>) {
    this.#options = options;
  }

  async first(): Promise<WatchedValue<T>> {
    const { signal } = this.#options;
    signal?.throwIfAborted();
    const aborted = (): void => this.#found.reject(signal?.reason);
    signal?.addEventListener('abort', aborted, { once: true });
    try {
      this.#look();
      return await this.#found.promise;
    } finally {
      signal?.removeEventListener('abort', aborted);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    await this.#looking;
  }

  /** Reads the files, one pass at a time; a change during a pass leads to another. */
  #look(): void {
    if (this.#stopped) return;
    if (this.#looking !== undefined) {
      this.#lookAgain = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#looking = this.#pass().finally(() => {
      this.#looking = undefined;
      if (this.#lookAgain) {
        this.#lookAgain = false;
        this.#look();
      } else this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#stopped) return;
    const { pollMs = this.#value === undefined ? eagerPoll : patientPoll } = this.#options;
    this.#timer = setTimeout(() => this.#look(), pollMs);
    // Only the wait for the first files keeps a process alive.
    if (this.#value !== undefined) this.#timer.unref();
  }

  async #pass(): Promise<void> {
    // Before reading: a change after this is notified of.
    this.#watchFolders();
    const reading = await this.#read();
    if (this.#stopped) return;
    if (!reading.ok) return this.#report(reading.problem);
    this.#report(undefined);
    const { equal = Object.is } = this.#options;
    if (this.#value === undefined) {
      this.#value = new WatchedValue(reading.value);
      this.#found.resolve(this.#value);
    } else if (!equal(this.#value.current, reading.value)) this.#tell(this.#value, reading.value);
  }

  async #read(): Promise<Reading<T>> {
    const { paths, read } = this.#options;
    // Of several files that cannot be read the first is told of, not the one that failed first: the same problem every time.
    const contents = paths.map((path) => readFile(path, 'utf8'));
    await Promise.allSettled(contents);
    try {
      const texts: string[] = [];
      for (const content of contents) texts.push(await content);
      return read(...texts);
    } catch (error) {
      return { ok: false, problem: messageOf(error) };
    }
  }

  #tell(value: WatchedValue<T>, next: T): void {
    const { logger, paths } = this.#options;
    logger.info('files have changed', { files: paths });
    try {
      value.set(next);
    } catch (error) {
      logger.error('changed files could not be put to use', { files: paths, error: String(error) });
    }
  }

  /** A problem is told once, not at every look. */
  #report(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    const { logger, paths } = this.#options;
    const message = this.#value === undefined ? 'waiting for files' : 'changed files are not used yet';
    if (problem !== undefined) logger.warn(message, { files: paths, problem });
  }

  #watchFolders(): void {
    for (const folder of new Set(this.#options.paths.map((path) => dirname(path)))) {
      if (this.#watchers.has(folder)) continue;
      const watcher = this.#watchFolder(folder);
      if (watcher !== undefined) this.#watchers.set(folder, watcher);
    }
  }

  /** Undefined where it cannot be watched (not there yet, no watches left): polling finds changes there. */
  #watchFolder(folder: string): FSWatcher | undefined {
    const drop = (error: unknown): void => {
      this.#watchers.get(folder)?.close();
      this.#watchers.delete(folder);
      this.#options.logger.debug('a folder is polled only', { folder, error: String(error) });
    };
    try {
      return watch(folder, { persistent: false }, () => this.#look()).on('error', drop);
    } catch (error) {
      drop(error);
      return undefined;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
