import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchError } from '../errors.ts';

/** The repository that this bench measures. */
export const checkout = fileURLToPath(new URL('../../../', import.meta.url));

const programs = ['virtkit', 'virt-controller', 'virt-handler', 'virt-launcher'] as const;

/** `built` when every program has been built, else `sources`. */
export async function programsKind(): Promise<'built' | 'sources'> {
  const built = await Promise.all(
    programs.map((name) => exists(join(checkout, 'apps', name, 'dist/main.js'))),
  );
  return built.every(Boolean) ? 'built' : 'sources';
}

/** The command line of `virtkit`, which starts the other programs in its own kind. */
export function virtkitCommand(kind: 'built' | 'sources'): [program: string, ...args: string[]] {
  const folder = join(checkout, 'apps/virtkit');
  return kind === 'built'
    ? [process.execPath, join(folder, 'dist/main.js')]
    : [process.execPath, '--conditions=@virtkit/source', join(folder, 'src/main.ts')];
}

/** Path of the small guest's bootable disk. @throws BenchError `missing-requirement` */
export async function guestDisk(): Promise<string> {
  const path = join(checkout, 'build/guest/disk.qcow2');
  if (await exists(path)) return path;
  throw new BenchError('missing-requirement', 'the guest image is not built: run make guest');
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
