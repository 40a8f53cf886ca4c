import { access, constants, readlink, lstat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedNodeError, isSystemError } from '../errors.ts';
import type { RootFilesystem, SandboxMount } from './specification.ts';

/**
 * Checks that a program can be found, so that a typing error is answered by its name instead of by an exit code.
 * Programs below mounts of volumes are left to the container.
 *
 * @throws EmbeddedNodeError `StartFailed`
 */
export async function requireProgram(
  program: string,
  where: {
    readonly rootFilesystem: RootFilesystem;
    readonly mounts: readonly SandboxMount[];
    readonly searchPath: string;
    readonly workingDirectory: string;
  },
): Promise<void> {
  const candidates = program.includes('/')
    ? [resolve(where.workingDirectory, program)]
    : where.searchPath
        .split(':')
        .filter(Boolean)
        .map((folder) => join(folder, program));
  for (const candidate of candidates) if (await mayExist(candidate, where)) return;
  throw new EmbeddedNodeError(
    'StartFailed',
    program.includes('/')
      ? `exec: ${JSON.stringify(program)}: no such file in the container`
      : `exec: ${JSON.stringify(program)}: not found in ${where.searchPath}`,
  );
}

async function mayExist(
  path: string,
  where: { readonly rootFilesystem: RootFilesystem; readonly mounts: readonly SandboxMount[] },
): Promise<boolean> {
  if (where.mounts.some(({ destination }) => path === destination || path.startsWith(`${destination}/`)))
    return true;
  const root = where.rootFilesystem.type === 'host' ? '/' : where.rootFilesystem.path;
  return isExecutable(root, path, 0);
}

/** Follows links as the container would see them: absolute targets start at its root. */
async function isExecutable(root: string, path: string, depth: number): Promise<boolean> {
  if (depth > 20) return false;
  const full = join(root, path);
  try {
    if (root === '/') {
      await access(full, constants.X_OK);
      return true;
    }
    const parts = path.split('/').filter(Boolean);
    for (let length = 1; length <= parts.length; length++) {
      const prefix = `/${parts.slice(0, length).join('/')}`;
      if (!(await lstat(join(root, prefix))).isSymbolicLink()) continue;
      const target = resolve(dirname(prefix), await readlink(join(root, prefix)));
      return await isExecutable(root, join(target, ...parts.slice(length)), depth + 1);
    }
    return ((await lstat(full)).mode & 0o111) !== 0;
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return false;
    throw error;
  }
}
