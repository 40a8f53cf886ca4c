import { errorMessage, type Logger } from '@virtkit/controllers/runtime';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../errors.ts';
import { runOrThrow } from '../processes/command.ts';
import type { Layout } from '../state/layout.ts';
import { addMark } from './log-index.ts';

const interval = 1_000;
const blockSize = 4096;

/**
 * Looks after the logs of all containers: notes when they grew, and bounds the disk space that they take. A log that
 * is too large loses its oldest half by a hole in the file: unlike renaming or truncating, that works while a
 * container appends to it, and loses nothing new.
 */
export class LogKeeper implements Disposable {
  readonly #layout: Layout;
  readonly #limit: number;
  readonly #logger: Logger;
  readonly #sizes = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param limit bytes of disk space of one log */
  constructor(layout: Layout, limit: number, logger: Logger) {
    this.#layout = layout;
    this.#limit = limit;
    this.#logger = logger;
    this.#schedule();
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Looks at all logs once. */
  async look(): Promise<void> {
    for (const uid of await readdir(this.#layout.pods))
      for (const name of await filesOf(join(this.#layout.pods, uid)))
        if (name.endsWith('.log')) await this.#lookAt(join(this.#layout.pods, uid, name));
  }

  async #lookAt(path: string): Promise<void> {
    try {
      const { size, blocks } = await stat(path);
      if (size === (this.#sizes.get(path) ?? 0)) return;
      if (!path.endsWith('.previous.log')) await addMark(path, { size, time: Date.now() });
      this.#sizes.set(path, size);
      const used = blocks * 512;
      if (used <= this.#limit) return;
      const dropped = Math.floor((size - this.#limit / 2) / blockSize) * blockSize;
      await runOrThrow('fallocate', ['--punch-hole', '--offset', '0', '--length', String(dropped), path]);
    } catch (error) {
      // The Pod was removed meanwhile.
      if (!isSystemError(error, 'ENOENT')) throw error;
    }
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.look().then(
        () => this.#schedule(),
        (error: unknown) => {
          this.#logger.warn('the logs of containers cannot be looked after', { error: errorMessage(error) });
          this.#schedule();
        },
      );
    }, interval);
  }
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  }
}
