import { access, constants, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { HalError, type Disk, type MachineSpec } from '@virtkit/hal';
import type { DiskFile } from '../domain-xml/render.ts';
import { toHalError } from '../errors.ts';
import { createIso } from './iso.ts';
import { runTool } from './run-tool.ts';

/**
 * Prepares what each disk of a machine needs inside `directory`: overlays over read-only images, empty disks, volumes made of
 * files. Drives without a medium need nothing. Existing files are kept, so that a machine keeps its writes while it is defined.
 *
 * @throws HalError `source-unavailable` (with the field), `insufficient-resources` (no space), `failed`.
 */
export async function prepareDisks(
  spec: MachineSpec,
  directory: string,
  signal?: AbortSignal,
): Promise<Map<string, DiskFile>> {
  const files = new Map<string, DiskFile>();
  const made = madeFiles(spec, directory);
  for (const [index, disk] of spec.disks.entries()) {
    try {
      const file = await prepareDisk(disk, index, made, signal);
      if (file !== undefined) files.set(disk.id, file);
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

/** The file or device of each disk that needs one, by disk id: what {@link prepareDisks} sees to. Pure. */
export function diskFiles(spec: MachineSpec, directory: string): Map<string, DiskFile> {
  const made = madeFiles(spec, directory);
  return new Map(
    spec.disks.flatMap((disk) => {
      const file = diskFile(disk, made);
      return file === undefined ? [] : [[disk.id, file]];
    }),
  );
}

/**
 * Names, without ending, of the files that are made for disks, by disk id. Only disks with such a file count, so that disks over
 * other files can come and go without a change of names.
 */
function madeFiles({ disks }: MachineSpec, directory: string): Map<string, string> {
  const makers = disks.filter(
    ({ device, source: { kind } }) =>
      kind === 'scratch' ||
      kind === 'seed' ||
      kind === 'folder' ||
      (kind === 'ephemeral' && device !== 'cdrom'),
  );
  return new Map(makers.map(({ id }, index) => [id, join(directory, `disk-${index}`)]));
}

function diskFile({ id, device, source }: Disk, made: ReadonlyMap<string, string>): DiskFile | undefined {
  const file = made.get(id) ?? '';
  switch (source.kind) {
    case 'file':
      return { path: source.path, format: source.format };
    case 'block':
      return { device: source.path };
    case 'ephemeral':
      // What the guest cannot write to needs no overlay.
      return device === 'cdrom'
        ? { path: source.path, format: source.format }
        : { path: `${file}.qcow2`, format: 'qcow2' };
    case 'scratch':
      return { path: `${file}.qcow2`, format: 'qcow2' };
    case 'seed':
    case 'folder':
      return { path: `${file}.iso`, format: 'raw' };
    case 'tracked':
      return { path: source.path, format: 'qcow2' };
    case 'empty':
      return undefined;
  }
}

async function prepareDisk(
  disk: Disk,
  index: number,
  files: ReadonlyMap<string, string>,
  signal: AbortSignal | undefined,
): Promise<DiskFile | undefined> {
  const { source } = disk;
  const prepared = diskFile(disk, files);
  const made = prepared !== undefined && 'path' in prepared ? prepared.path : '';
  switch (source.kind) {
    case 'file':
    case 'block':
      await requireMedium(disk, `/disks/${index}/source/path`);
      break;
    case 'ephemeral':
      await mustBeAccessible(source.path, disk, `/disks/${index}/source/path`, constants.R_OK);
      if (disk.device !== 'cdrom')
        await createOnce(made, (path) =>
          qemuImg(['create', '-q', '-f', 'qcow2', '-F', source.format, '-b', source.path, path], signal),
        );
      break;
    case 'scratch':
      await createOnce(made, (path) =>
        qemuImg(['create', '-q', '-f', 'qcow2', path, String(source.sizeBytes)], signal),
      );
      break;
    case 'seed':
    case 'folder':
      await createOnce(made, (path) => createIso(path, source, signal));
      break;
    case 'tracked':
      throw new HalError('unsupported', `disk ${disk.id}: changed blocks are not tracked`, {
        field: `/disks/${index}/source`,
      });
    case 'empty':
      break;
  }
  return prepared;
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

/**
 * Sees to it that the file or device that a disk names can be opened.
 * @throws HalError `source-unavailable` with `field`
 */
export async function requireMedium(disk: Disk, field: string): Promise<void> {
  const { source, readOnly } = disk;
  if (source.kind !== 'file' && source.kind !== 'block') return;
  const written = source.kind === 'file' && !readOnly && disk.device !== 'cdrom';
  await mustBeAccessible(
    source.path,
    disk,
    field,
    written ? constants.R_OK | constants.W_OK : constants.R_OK,
  );
}

async function mustBeAccessible(path: string, disk: Disk, field: string, mode: number): Promise<void> {
  try {
    await access(path, mode);
  } catch (cause) {
    throw new HalError('source-unavailable', `disk ${disk.id}: ${path} cannot be opened`, {
      cause,
      field,
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
