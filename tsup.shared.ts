import { copyFile } from 'node:fs/promises';
import { defineConfig, type Options } from 'tsup';

/** A published library: ESM, CommonJS and declarations, one entry per public sub-path. */
export function library(entry: Record<string, string> = { index: 'src/index.ts' }): Options {
  return {
    entry,
    format: ['esm', 'cjs'],
    dts: true,
    sourcemap: true,
    clean: true,
    target: 'esnext',
    tsconfig: '../../tsconfig.base.json',
    removeNodeProtocol: false,
    // import.meta.url in CommonJS.
    shims: true,
    // A published package carries the licence's text.
    onSuccess: () => copyFile(new URL('LICENSE', import.meta.url), 'dist/LICENSE'),
  };
}

/** A program: self-contained ESM files, so that it starts quickly and runs without node_modules. */
export function program(entry: Record<string, string> = { main: 'src/main.ts' }): Options {
  return {
    entry,
    format: ['esm'],
    dts: false,
    sourcemap: true,
    clean: true,
    // Nothing is lowered: esbuild's rewriting of `using` keeps a caught error from one turn of a loop to the next.
    target: 'esnext',
    platform: 'node',
    // What is imported on demand stays out of the way until it is (the kubeconfig reader alone is 18 MB).
    splitting: true,
    // node:sqlite exists under this name only.
    removeNodeProtocol: false,
    noExternal: [/.*/],
    // Which files of which packages are inside, for the bills of materials of images.
    metafile: true,
    esbuildOptions(options) {
      options.conditions = ['@virtkit/source', 'node', 'import'];
    },
    // Bundled CommonJS dependencies call require() for Node's built-in modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  };
}

export { defineConfig };
