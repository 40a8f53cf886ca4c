import { execFile } from 'node:child_process';
import { copyFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PackedLibrary } from './pack.ts';

const execute = promisify(execFile);
const consumer = join(import.meta.dirname, 'consumer');
const typescript = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/**
 * Installs libraries into an empty folder and loads every entry point, as an ES module and as CommonJS; then compiles the
 * consumer's program there in both forms and runs it. Declarations are checked too (`skipLibCheck` is off): a type that only this workspace can resolve fails.
 *
 * @throws the error of the command that failed, with its output
 */
export async function consume(
  folder: string,
  libraries: readonly PackedLibrary[],
  nodeTypes: string,
): Promise<void> {
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  const npm = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  const tarballs = libraries.map(({ tarball }) => tarball);
  // npm runs on the project's own Node here, which by itself trusts only the authorities that it brings; the machine's may be
  // needed to reach the registry through a proxy.
  const env = { ...process.env, NODE_USE_SYSTEM_CA: '1' };
  await execute('npm', [...npm, ...tarballs, `@types/node@${nodeTypes}`], { cwd: folder, env });
  const specifiers = JSON.stringify(libraries.flatMap((library) => library.specifiers));
  await writeFile(
    join(folder, 'load.mjs'),
    `for (const specifier of ${specifiers}) await import(specifier);`,
  );
  await writeFile(join(folder, 'load.cjs'), `for (const specifier of ${specifiers}) require(specifier);`);
  for (const program of ['load.mjs', 'load.cjs']) await execute(process.execPath, [program], { cwd: folder });
  await copyFile(join(consumer, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  for (const extension of ['mts', 'cts'])
    await copyFile(join(consumer, 'program.ts'), join(folder, `program.${extension}`));
  await execute(process.execPath, [typescript, '-p', folder]);
  for (const program of ['program.mjs', 'program.cjs'])
    await execute(process.execPath, [join('out', program)], { cwd: folder });
}
