import { defineConfig, library } from '../../tsup.shared.ts';

export default defineConfig(library({ index: 'src/index.ts', conformance: 'src/conformance/index.ts' }));
