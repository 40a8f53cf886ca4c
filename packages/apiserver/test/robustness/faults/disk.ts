import { execFile } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UnsyncedWrites } from './unsynced.ts';

const run = promisify(execFile);
const SIZE_MIB = 48;

/** Where data directories are, and how the space for them is used up. */
export interface Disk extends AsyncDisposable {
  readonly kind: string;
  /** Where writes are followed until they are synced; absent without a C compiler. */
  readonly unsynced: UnsyncedWrites | undefined;
  /** A new, empty directory. */
  directory(): string;
  /** Takes away all free space. @param pid the server, or `undefined` when it does not run. */
  fill(pid: number | undefined): Promise<void>;
  free(pid: number | undefined): Promise<void>;
}

/** A small file system of its own where it can be mounted, else a limit on the size of the server's files. */
export async function openDisk(): Promise<Disk> {
  const root = mkdtempSync(join(tmpdir(), 'virtkit-robustness-'));
  const tools = mkdtempSync(join(tmpdir(), 'virtkit-robustness-tools-'));
  let unsynced: UnsyncedWrites | undefined;
  try {
    unsynced = await UnsyncedWrites.build(tools);
  } catch (error) {
    // Without a compiler there are no power cuts, which is seen from the counts that are printed.
    process.emitWarning(`power cuts are left out: ${String(error)}`);
  }
  if (process.getuid?.() === 0) {
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m,mode=700`, 'virtkit-robustness', root]);
      return new MountedDisk(root, tools, unsynced);
    } catch (error) {
      // In containers root may not mount; how the disk is filled is printed, so that this does not go unseen.
      process.emitWarning(`no tmpfs can be mounted, the size of files is limited instead: ${String(error)}`);
    }
  }
  return new LimitedDisk(root, tools, unsynced);
}

abstract class Directories {
  readonly root: string;
  readonly tools: string;
  readonly unsynced: UnsyncedWrites | undefined;
  #count = 0;

  constructor(root: string, tools: string, unsynced: UnsyncedWrites | undefined) {
    this.root = root;
    this.tools = tools;
    this.unsynced = unsynced;
  }

  protected removeAll(): void {
    for (const directory of [this.root, this.tools]) rmSync(directory, { recursive: true, force: true });
  }

  directory(): string {
    // One history at a time: what the last one left is not needed any longer.
    if (this.#count > 0) rmSync(join(this.root, String(this.#count)), { recursive: true, force: true });
    this.#count += 1;
    const directory = join(this.root, String(this.#count));
    mkdirSync(directory);
    return directory;
  }
}

class MountedDisk extends Directories implements Disk {
  readonly kind = `tmpfs of ${SIZE_MIB} MiB`;

  fill(): Promise<void> {
    const descriptor = openSync(join(this.root, 'filler'), 'w');
    try {
      // Large pieces first, so that the last page is taken as well.
      for (const size of [1 << 20, 4096, 1]) {
        const piece = Buffer.alloc(size);
        try {
          while (writeSync(descriptor, piece) > 0);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
      }
    } finally {
      closeSync(descriptor);
    }
    return Promise.resolve();
  }

  free(): Promise<void> {
    rmSync(join(this.root, 'filler'), { force: true });
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('umount', [this.root]);
    this.removeAll();
  }
}

class LimitedDisk extends Directories implements Disk {
  readonly kind = 'limit on the size of files';

  async fill(pid: number | undefined): Promise<void> {
    if (pid !== undefined) await run('prlimit', ['--pid', String(pid), '--fsize=1:']);
  }

  async free(pid: number | undefined): Promise<void> {
    if (pid !== undefined) await run('prlimit', ['--pid', String(pid), '--fsize=unlimited:']);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.removeAll();
  }
}
