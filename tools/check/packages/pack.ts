import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const execute = promisify(execFile);

/** A library as it would be published. */
export interface PackedLibrary {
  readonly name: string;
  /** What users write after `from`: the name and the name with each sub-path. */
  readonly specifiers: readonly string[];
  /** Path of the tarball. */
  readonly tarball: string;
  readonly manifest: Readonly<Record<string, unknown>>;
}

const Manifest = z.looseObject({
  name: z.string(),
  private: z.boolean().optional(),
  exports: z.record(z.string(), z.unknown()),
});
const PackReport = z.tuple([z.object({ filename: z.string() })]);

/**
 * Packs every library that is not private into `folder`; what was built before goes in.
 * @throws the error of npm when one cannot be packed
 */
export async function packLibraries(root: string, folder: string): Promise<PackedLibrary[]> {
  const packed: PackedLibrary[] = [];
  for (const path of globSync('packages/*/package.json', { cwd: root }).sort()) {
    const manifest = Manifest.parse(JSON.parse(readFileSync(join(root, path), 'utf8')));
    if (manifest.private === true) continue;
    const { stdout } = await execute(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
      {
        cwd: join(root, dirname(path)),
      },
    );
    const [{ filename }] = PackReport.parse(JSON.parse(stdout));
    const { name, exports } = manifest;
    const specifiers = Object.keys(exports).map((subPath) => name + subPath.slice(1));
    packed.push({ name, specifiers, tarball: join(folder, filename), manifest });
  }
  return packed;
}
