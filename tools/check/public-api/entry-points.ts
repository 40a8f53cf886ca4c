import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** One public entry point of a library: what users write after `from`, and the source file behind it. */
export interface EntryPoint {
  readonly specifier: string;
  readonly source: string;
}

const Target = z.union([z.string(), z.object({ '@virtkit/source': z.string() })]);
const Manifest = z.object({ name: z.string(), exports: z.record(z.string(), Target) });

/**
 * Every sub-path of `exports` in the package.json of every library below `root`.
 *
 * @throws z.ZodError when a library has no `exports`, or one without a source.
 */
export function entryPoints(root: string): EntryPoint[] {
  return globSync('packages/*/package.json', { cwd: root })
    .sort()
    .flatMap((path) => {
      const { name, exports } = Manifest.parse(JSON.parse(readFileSync(join(root, path), 'utf8')));
      return Object.entries(exports).map(([subPath, target]) => ({
        specifier: name + subPath.slice(1),
        source: join(root, path, '..', typeof target === 'string' ? target : target['@virtkit/source']),
      }));
    });
}
