import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';

/**
 * Writes a file of the data directory so that it is there whole or not at all, whenever the process is killed.
 * @param mode permissions of the file.
 */
export function writeKeptFile(file: string, text: string, mode: number): void {
  // One process owns the data directory, so that what an earlier one left behind may be overwritten.
  const unfinished = `${file}.unfinished`;
  const descriptor = openSync(unfinished, 'w', mode);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(unfinished, file);
}
