import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { systemCodeOf } from './errors.ts';

/** The file of a program that is named by a path or found in `PATH`; undefined when there is none. */
export async function findProgram(program: string, path = ''): Promise<string | undefined> {
  const places = program.startsWith('/')
    ? [program]
    : path
        .split(delimiter)
        .filter((folder) => folder !== '')
        .map((folder) => join(folder, program));
  for (const place of places) if (await isExecutable(place)) return place;
  return undefined;
}

/** Whether this user may run the file. */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes(systemCodeOf(error))) return false;
    throw error;
  }
}
