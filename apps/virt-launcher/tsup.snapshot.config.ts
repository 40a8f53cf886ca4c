import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { defineConfig, program } from '../../tsup.shared.ts';
import { onlyEnglish } from './tsup.config.ts';

// A second run after the program's own: the heap of the started program, in a file that belongs to this very Node.
export default defineConfig(({ outDir = 'dist/snapshot' }) => ({
  ...program({ program: 'src/snapshot/main.ts' }),
  outDir,
  // Snapshots are made of one CommonJS file, which has no import.meta.
  format: ['cjs'],
  splitting: false,
  banner: {},
  minify: true,
  esbuildPlugins: [onlyEnglish],
  esbuildOptions(options) {
    options.conditions = ['@virtkit/source', 'node', 'import'];
    options.define = { ...options.define, 'import.meta.url': 'moduleUrl' };
    options.inject = [
      ...(options.inject ?? []),
      fileURLToPath(new URL('src/snapshot/module-url.ts', import.meta.url)),
    ];
  },
  onSuccess: async () => {
    const settings = join(outDir, 'settings.json');
    const builder = resolve(outDir, 'program.cjs');
    // Node's own modules come without their compiled code: having it costs each launcher 6 MiB and saves it 9 ms.
    await writeFile(settings, JSON.stringify({ builder, withoutCodeCache: true }));
    await promisify(execFile)(process.execPath, [
      // Some of Node's modules warn that they were not all tried in snapshots; the tests of this program try them.
      '--no-warnings',
      // Otherwise chosen anew in each build: the same program has the same snapshot. Programs choose the second themselves.
      ...['--hash-seed=1', '--random-seed=1'],
      ...['--snapshot-blob', join(outDir, 'program.blob'), '--build-snapshot-config', settings],
    ]);
  },
}));
