import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';

/** An npm package, as its `package.json` describes it. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression or what the package says instead. */
  readonly license: string | undefined;
  readonly homepage: string | undefined;
}

const packageSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  homepage: z.string().optional(),
});
/** The part of esbuild's metafile that says how much of which file is in the result. */
const metafileSchema = z.object({
  outputs: z.record(
    z.string(),
    z.object({ inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })) }),
  ),
});

/**
 * The npm packages that a built program has code of, by name; the project's own libraries are among them. The bundler wrote
 * down which files it took something from: what is only installed beside is not among them.
 *
 * @param program folder of the program, which is built
 */
export async function bundledPackages(program: string): Promise<NpmPackage[]> {
  const folders = new Set<string>();
  const built = join(program, 'dist');
  for (const file of await readdir(built, { recursive: true })) {
    if (!/^metafile-\w+\.json$/.test(basename(file))) continue;
    const { outputs } = metafileSchema.parse(JSON.parse(await readFile(join(built, file), 'utf8')));
    for (const { inputs } of Object.values(outputs))
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = packageFolder(resolve(program, input));
        if (bytesInOutput > 0 && folder !== undefined) folders.add(folder);
      }
  }
  const packages = await Promise.all([...folders].map(npmPackage));
  return packages.sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

/** Reads the description of the package in this folder. */
export async function npmPackage(folder: string): Promise<NpmPackage> {
  const text = await readFile(join(folder, 'package.json'), 'utf8');
  const { name, version, license, homepage } = packageSchema.parse(JSON.parse(text));
  return { name, version, license, homepage };
}

/**
 * The folder of the innermost package of a file, installed or of this project; none for what the bundler itself adds, and for what
 * a package was itself made of elsewhere: no name of a package begins with a dot.
 */
function packageFolder(path: string): string | undefined {
  const installed = /^.*\/node_modules\/(?:@[^/]+\/)?[^/@.][^/]*(?=\/)/.exec(path);
  if (installed !== null) return installed[0];
  return /^.*\/(?:packages|apps)\/[^/]+(?=\/src\/)/.exec(path)?.[0];
}
