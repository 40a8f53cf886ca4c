import { access, chmod, constants, mkdtemp, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HalError, type Disk, type MachineSpec } from '@virtkit/hal';
import { toHalError } from '../errors.ts';
import { runTool } from './run-tool.ts';

/** The file or device that QEMU opens for a disk. */
export type DiskFile = { path: string; format: 'raw' | 'qcow2' } | { device: string };

/**
 * Prepares what each disk of a machine needs inside `directory`: overlays over read-only images, empty disks, seed
 * volumes. Existing files are kept, so that a machine keeps its writes while it is defined.
 *
 * @throws HalError `source-unavailable` (with the field), `insufficient-resources` (no space), `failed`.
 */
export async function prepareDisks(
  spec: MachineSpec,
  directory: string,
  signal?: AbortSignal,
): Promise<Map<string, DiskFile>> {
  const files = new Map<string, DiskFile>();
  for (const [index, disk] of spec.disks.entries()) {
    try {
      files.set(disk.id, await prepareDisk(disk, index, directory, signal));
    } catch (error) {
      if (error instanceof HalError && error.field !== undefined) throw error;
      const { bavail } = await statfs(directory);
      if (bavail === 0)
        throw new HalError('insufficient-resources', `no space left in ${directory} for disk ${disk.id}`, {
          cause: error,
        });
      const { code, message, retry } = toHalError(error, 'preparing');
      throw new HalError(code, `disk ${disk.id}: ${message}`, {
        cause: error,
        retry,
        field: `/disks/${index}`,
      });
    }
  }
  return files;
}

async function prepareDisk(
  disk: Disk,
  index: number,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<DiskFile> {
  const { source } = disk;
  const file = join(directory, `disk-${index}`);
  switch (source.kind) {
    case 'file':
      await mustBeAccessible(
        source.path,
        disk,
        index,
        disk.readOnly ? constants.R_OK : constants.R_OK | constants.W_OK,
      );
      return { path: source.path, format: source.format };
    case 'block':
      await mustBeAccessible(source.path, disk, index, constants.R_OK);
      return { device: source.path };
    case 'ephemeral':
      await mustBeAccessible(source.path, disk, index, constants.R_OK);
      if (disk.device === 'cdrom') return { path: source.path, format: source.format };
      await createOnce(`${file}.qcow2`, (path) =>
        qemuImg(['create', '-q', '-f', 'qcow2', '-F', source.format, '-b', source.path, path], signal),
      );
      return { path: `${file}.qcow2`, format: 'qcow2' };
    case 'scratch':
      await createOnce(`${file}.qcow2`, (path) =>
        qemuImg(['create', '-q', '-f', 'qcow2', path, String(source.sizeBytes)], signal),
      );
      return { path: `${file}.qcow2`, format: 'qcow2' };
    case 'seed':
      await createOnce(`${file}.iso`, (path) => createSeed(path, source.volumeLabel, source.files, signal));
      return { path: `${file}.iso`, format: 'raw' };
  }
}

const qemuImg = (args: string[], signal: AbortSignal | undefined): Promise<string> =>
  runTool('qemu-img', args, { debianPackage: 'qemu-utils', signal });

/** Makes a file under another name first, so that a half-made one is never taken for a whole one. */
async function createOnce(path: string, create: (path: string) => Promise<unknown>): Promise<void> {
  if (await isThere(path, constants.R_OK)) return;
  const staging = `${path}.staging`;
  await rm(staging, { force: true });
  await create(staging);
  await rename(staging, path);
}

async function createSeed(
  path: string,
  label: string,
  files: readonly { name: string; content: string }[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const folder = await mkdtemp(`${path}.files-`);
  try {
    for (const { name, content } of files) await writeFile(join(folder, name), content, { mode: 0o600 });
    await runTool('xorrisofs', ['-quiet', '-output', path, '-volid', label, '-joliet', '-rock', folder], {
      debianPackage: 'xorriso',
      signal,
    });
    await chmod(path, 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function mustBeAccessible(path: string, disk: Disk, index: number, mode: number): Promise<void> {
  try {
    await access(path, mode);
  } catch (cause) {
    throw new HalError('source-unavailable', `disk ${disk.id}: ${path} cannot be opened`, {
      cause,
      field: `/disks/${index}/source/path`,
    });
  }
}

async function isThere(path: string, mode: number): Promise<boolean> {
  try {
    await access(path, mode);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
