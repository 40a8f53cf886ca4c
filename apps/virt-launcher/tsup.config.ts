import { copyFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { defineConfig, program } from '../../tsup.shared.ts';

/** zod's `z` names every language's error messages, a third of its size; this program writes English ones. */
export const onlyEnglish = {
  name: 'only-english-messages',
  setup(build: {
    onLoad(filter: { filter: RegExp }, load: () => { contents: string; resolveDir: string }): void;
  }) {
    build.onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
      resolveDir: fileURLToPath(new URL('../../node_modules/zod/v4/locales', import.meta.url)),
    }));
  },
};

const addon = new URL('../../packages/hal-kvm-qemu/native/build/virtkit_native.node', import.meta.url);

// One launcher runs per virtual machine, so every byte of source counts: it stays in memory.
export default defineConfig({
  ...program(),
  minify: true,
  esbuildPlugins: [onlyEnglish],
  onSuccess: async () => {
    try {
      await copyFile(addon, new URL('dist/virtkit_native.node', import.meta.url));
    } catch (error) {
      // Without the addon (no compiler, another system) the program runs with the mock backend alone, and says so.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      console.warn('virt-launcher: the native addon is not built, so kvm-qemu will be refused');
    }
  },
});
