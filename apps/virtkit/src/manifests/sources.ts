import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  defaultManifestLimits,
  readManifests,
  type Manifest,
  type ManifestProblem,
} from '@virtkit/admission/manifest';
import { VirtkitError } from '../errors.ts';

/** A document and where it comes from. */
export type SourcedDocument = (Manifest | ManifestProblem) & {
  /** The file, or `-` for standard input. */
  readonly source: string;
};

export interface SourceOptions {
  /** Whether folders inside folders are read too. */
  readonly recursive?: boolean;
  /** What `-` stands for. */
  readonly stdin?: NodeJS.ReadableStream;
}

const manifestExtensions = new Set(['.yaml', '.yml', '.json']);

/**
 * All documents of files, folders (their `.yaml`, `.yml` and `.json` files, by name) and standard input, in the order given.
 *
 * @throws VirtkitError `not-found` for a path that does not exist or a folder without manifests, `invalid-input` for what is no file
 */
export async function readSources(
  paths: readonly string[],
  options: SourceOptions = {},
): Promise<SourcedDocument[]> {
  const documents: SourcedDocument[] = [];
  for (const path of paths) {
    for (const source of path === '-' ? ['-'] : await filesAt(path, options.recursive === true)) {
      const content = source === '-' ? await text(options.stdin ?? process.stdin) : await contentOf(source);
      for (const document of readManifests(content)) documents.push({ ...document, source });
    }
  }
  return documents;
}

/** A file that is far too large is refused before it is read into memory. */
async function contentOf(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size > 4 * defaultManifestLimits.text)
    throw new VirtkitError(
      'invalid-input',
      `${file} has ${size} bytes; ${defaultManifestLimits.text} are read at most`,
    );
  return readFile(file, 'utf8');
}

async function filesAt(path: string, recursive: boolean): Promise<string[]> {
  const found = await statOf(path);
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive });
  const files = entries
    .filter((entry) => entry.isFile() && manifestExtensions.has(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0) {
    const hint = recursive ? '' : '; --recursive looks into its folders too';
    throw new VirtkitError('not-found', `${path} has no .yaml, .yml or .json files${hint}`);
  }
  return files;
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new VirtkitError('not-found', `${path} does not exist`, { cause });
    throw new VirtkitError('invalid-input', `${path} cannot be read (${code ?? 'unknown error'})`, { cause });
  }
}
