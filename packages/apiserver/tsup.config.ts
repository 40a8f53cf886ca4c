import { defineConfig, library } from '../../tsup.shared.ts';

export default defineConfig(library({ index: 'src/index.ts', patch: 'src/patch/index.ts' }));
