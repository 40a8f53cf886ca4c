import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HalError, type DiskSource } from '@virtkit/hal';
import { runTool } from './run-tool.ts';

type Made<Kind> = Extract<DiskSource, { kind: Kind }>;

/**
 * Writes an ISO 9660 volume, with names as Linux and Windows have them, that only its owner can read.
 * @throws HalError `source-unavailable` for a folder that is not there or lacks a file, `hypervisor-unavailable`, `failed`
 */
export async function createIso(
  path: string,
  source: Made<'seed' | 'folder'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  switch (source.kind) {
    case 'seed':
      await createSeed(path, source, signal);
      break;
    case 'folder':
      await createFromFolder(path, source, signal);
      break;
  }
  await chmod(path, 0o600);
}

async function createSeed(
  path: string,
  { volumeLabel, files }: Made<'seed'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const folder = await mkdtemp(`${path}.files-`);
  try {
    for (const { name, content } of files) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content, { mode: 0o600 });
    }
    await xorrisofs(path, volumeLabel, [folder], signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The files of a mounted ConfigMap or Secret are links into a hidden folder, which is left out. */
async function createFromFolder(
  path: string,
  { path: folder, volumeLabel, requiresOneOf }: Made<'folder'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const names = await visibleNames(folder);
  const needed = requiresOneOf?.map((name) => name.toLowerCase());
  if (needed !== undefined && !names.some((name) => needed.includes(name.toLowerCase())))
    throw new HalError('source-unavailable', `${folder} has none of the files ${requiresOneOf?.join(', ')}`);
  const grafts = names.map((name) => `${graft(name)}=${graft(join(folder, name))}`);
  await xorrisofs(path, volumeLabel, ['-follow-links', '-graft-points', ...grafts], signal);
}

async function visibleNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('..')).sort();
  } catch (cause) {
    throw new HalError('source-unavailable', `the folder ${folder} cannot be read`, { cause });
  }
}

/** xorrisofs ends the name of a graft point at an equals sign unless it is escaped. */
const graft = (name: string): string => name.replace(/[\\=]/g, '\\$&');

async function xorrisofs(
  path: string,
  label: string,
  content: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  await runTool('xorrisofs', ['-quiet', '-output', path, '-volid', label, '-joliet', '-rock', ...content], {
    debianPackage: 'xorriso',
    signal,
  });
}
