import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** A script for a page, minified. */
export interface PageScript {
  readonly text: string;
  /** In bytes, as it is and as it goes over the wire. */
  readonly size: { readonly minified: number; readonly gzip: number };
}

/**
 * Bundles a module for browsers as a page would, its exports being members of a global variable. Nothing stands in for what Node
 * alone has: an import of one of its modules fails.
 */
export async function bundleForBrowsers(
  entry: { readonly file: string } | { readonly source: string },
  globalName: string,
): Promise<PageScript> {
  const { outputFiles } = await build({
    ...('file' in entry
      ? { entryPoints: [entry.file] }
      : { stdin: { contents: entry.source, resolveDir: join(import.meta.dirname, '../..') } }),
    globalName,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2024',
    conditions: ['@virtkit/source'],
    write: false,
    logLevel: 'silent',
  });
  const [{ contents, text } = { contents: new Uint8Array(), text: '' }] = outputFiles;
  return { text, size: { minified: contents.length, gzip: gzipSync(contents, { level: 9 }).length } };
}
