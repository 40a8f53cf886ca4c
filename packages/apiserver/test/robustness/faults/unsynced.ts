import { execFile } from 'node:child_process';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Random } from '../../support/random.ts';

const SOURCE = fileURLToPath(new URL('unsynced.c', import.meta.url));
const FILES = ['state.sqlite', 'state.sqlite-wal'];
const MOMENT_MS = 300;
const NONE = { throwIfNoEntry: false } as const;

/** One write that was not synced: what was there before. */
interface Unsynced {
  offset: number;
  /** Of the file, before the write. */
  size: number;
  before: Buffer;
}

/** Takes from a killed server's database what was never synced, as a power cut does; a killed process alone loses nothing. */
export class UnsyncedWrites {
  readonly #library: string;
  readonly #journals: string;

  private constructor(library: string, journals: string) {
    this.#library = library;
    this.#journals = journals;
  }

  /** @throws Error when there is no C compiler */
  static async build(directory: string): Promise<UnsyncedWrites> {
    const library = join(directory, 'unsynced.so');
    await promisify(execFile)('gcc', ['-O2', '-shared', '-fPIC', '-o', library, SOURCE, '-ldl', '-lpthread']);
    const journals = join(directory, 'journals');
    mkdirSync(journals);
    return new UnsyncedWrites(library, journals);
  }

  /** Environment of a server whose writes are followed. */
  get environment(): Record<string, string> {
    return { LD_PRELOAD: this.#library, UNSYNCED_JOURNALS: this.#journals };
  }

  /** The process has ended and the power has not: everything it wrote is there. */
  forget(): void {
    for (const file of FILES) rmSync(join(this.#journals, file), { force: true });
  }

  /** Waits a moment for a write that is not synced yet. */
  async underWay(): Promise<void> {
    const until = performance.now() + MOMENT_MS;
    while (performance.now() < until) {
      const some = FILES.some((file) => (statSync(join(this.#journals, file), NONE)?.size ?? 0) > 0);
      if (some) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Undoes what was not synced, from some write on; the first one undone may stay in part. @returns how many writes. */
  lose(dataDir: string, random: Random): number {
    let lost = 0;
    for (const file of FILES) {
      const journal = join(this.#journals, file);
      if (!existsSync(journal)) continue;
      const writes = parse(readFileSync(journal));
      const kept = random.percent(50) ? 0 : random.between(0, writes.length);
      const descriptor = openSync(join(dataDir, file), 'r+');
      try {
        for (const [index, write] of [...writes.entries()].slice(kept).reverse())
          undo(descriptor, write, index === kept && random.percent(30));
      } finally {
        closeSync(descriptor);
      }
      lost += writes.length - kept;
    }
    this.forget();
    return lost;
  }
}

function parse(journal: Buffer): Unsynced[] {
  const writes: Unsynced[] = [];
  for (let at = 0; at + 24 <= journal.length;) {
    const [offset, size, length] = [0, 8, 16].map((member) => Number(journal.readBigUInt64LE(at + member)));
    if (offset === undefined || size === undefined || length === undefined) break;
    writes.push({ offset, size, before: journal.subarray(at + 24, at + 24 + length) });
    at += 24 + length;
  }
  return writes;
}

function undo(descriptor: number, { offset, size, before }: Unsynced, torn: boolean): void {
  const stays = Buffer.alloc(torn ? 512 : 0);
  const length = torn ? readSync(descriptor, stays, 0, stays.length, offset) : 0;
  if (before.length > 0) writeSync(descriptor, before, 0, before.length, offset);
  ftruncateSync(descriptor, size);
  if (length > 0) writeSync(descriptor, stays, 0, length, offset);
}
