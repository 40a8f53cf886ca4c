import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { EmbeddedNodeError, isSystemError } from '../errors.ts';

/**
 * Replaces a file as one step: a reader, also one after a crash of this process, sees the old or the new content.
 * It is not flushed to the disk: what these files describe (processes, namespaces) does not outlive the machine either.
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  options: { mode?: number } = {},
): Promise<void> {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.new`;
  await writeFile(temporary, content, { mode: options.mode ?? 0o600 });
  await rename(temporary, path);
}

/** Writes a JSON document with {@link writeFileAtomically}. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(value)}\n`);
}

/** The text of a file; undefined when it does not exist. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * A JSON document as `parse` reads it; undefined when the file does not exist.
 *
 * @throws EmbeddedNodeError `StateInvalid`
 */
export async function readJson<T>(path: string, parse: (value: unknown) => T): Promise<T | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  try {
    return parse(JSON.parse(text));
  } catch (cause) {
    throw new EmbeddedNodeError('StateInvalid', `${path} is not a record of this version`, { cause });
  }
}
