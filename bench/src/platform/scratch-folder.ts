import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is removed with its content. */
export interface ScratchFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes one below the system's folder for temporary files. Its name is short, because sockets live in it. */
export async function scratchFolder(): Promise<ScratchFolder> {
  const path = await mkdtemp(join(tmpdir(), 'vkb-'));
  // Guests run as another user and must pass through.
  await chmod(path, 0o755);
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
