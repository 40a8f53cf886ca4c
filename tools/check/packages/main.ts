/**
 * Checks the libraries as they would be published: packs them, looks at files, formats and types of each tarball, and lets
 * a program that has nothing but the tarballs use them. The libraries must be built.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { consume } from './consume.ts';
import { lintPackage } from './lint-package.ts';
import { packLibraries } from './pack.ts';

const root = resolve(import.meta.dirname, '../../..');
const { devDependencies } = z
  .object({ devDependencies: z.object({ '@types/node': z.string() }) })
  .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));

const folder = await mkdtemp(join(tmpdir(), 'virtkit-packages-'));
try {
  const libraries = await packLibraries(root, folder);
  let findings = 0;
  for (const library of libraries) {
    for (const finding of await lintPackage(library)) {
      findings += 1;
      console.error(`${library.name}: ${finding}`);
    }
  }
  await consume(folder, libraries, devDependencies['@types/node']);
  console.log(
    `packages: ${libraries.length} packed, ${findings} findings; ESM and CommonJS programs run on them`,
  );
  if (findings > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}
