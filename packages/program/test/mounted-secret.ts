import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder whose files change as those of a mounted Secret do: `tls.crt` is a link to `..data/tls.crt`, and `..data` a link to
 * a folder that is exchanged for another by one rename.
 */
export class MountedSecret implements AsyncDisposable {
  readonly folder: string;
  #version = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<MountedSecret> {
    return new MountedSecret(await mkdtemp(join(tmpdir(), 'virtkit-secret-')));
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  /** Exchanges all files at once. */
  async update(files: Record<string, string>): Promise<void> {
    this.#version += 1;
    const version = `..version-${this.#version}`;
    await mkdir(this.file(version));
    for (const [name, content] of Object.entries(files))
      await writeFile(join(this.file(version), name), content);
    await symlink(version, this.file('..data_tmp'));
    await rename(this.file('..data_tmp'), this.file('..data'));
    if (this.#version === 1)
      for (const name of Object.keys(files)) await symlink(join('..data', name), this.file(name));
    else await rm(this.file(`..version-${this.#version - 1}`), { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
