import { join } from 'node:path';
import { run } from '../support/command.ts';
import { top } from '../support/programs.ts';
import type { ReleaseImages } from './platform.ts';

/**
 * Builds the images of this checkout under another version: the programs are the same, their images are not. Layers of packages
 * come from the cache that `make images` filled.
 */
export async function buildRelease(
  version: string,
  folder: string,
  options: { readonly launcherApiMinor?: number } = {},
): Promise<ReleaseImages> {
  const output = join(folder, version);
  const builder = join(top, 'tools', 'images', 'main.ts');
  const program = [process.execPath, '--conditions=@virtkit/source', builder] as const;
  const { launcherApiMinor: minor } = options;
  const older = minor === undefined ? [] : ['--launcher-api-minor', String(minor)];
  await run([...program, 'build', '--version', version, '--output', output, ...older], {
    timeoutMs: 900_000,
  });
  return { version, archive: join(output, 'virtkit-images.tar') };
}
