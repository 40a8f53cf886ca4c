import { defineConfig, library } from '../../tsup.shared.ts';

export default defineConfig(library({ index: 'src/index.ts', manifest: 'src/manifest/index.ts' }));
