import { readFile, stat } from 'node:fs/promises';

/**
 * A text that somebody else keeps up to date: a projected token, a mounted bundle of certificates. It is read again when
 * the path leads to another file than last time or that file was written, so a swapped link is noticed too.
 */
export class ReplacedFile {
  readonly path: string;
  #seen: { readonly version: string; readonly text: string } | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** What the file holds now, UTF-8. @throws the system's error when it cannot be read */
  async text(): Promise<string> {
    // Looked at before it is read: a file that changes in between is read once more the next time.
    const { dev, ino, mtimeNs, size } = await stat(this.path, { bigint: true });
    const version = `${dev}:${ino}:${mtimeNs}:${size}`;
    if (this.#seen?.version !== version) this.#seen = { version, text: await readFile(this.path, 'utf8') };
    return this.#seen.text;
  }
}
